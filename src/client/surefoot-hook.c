/*
 * The hook of an agent, for a user whose `surefoot guard serve` runs: hands the call over and says what comes back.
 * It starts in a fraction of the time that Node takes. It decides nothing: where no server answers, or one of another
 * version, it becomes the hook program itself, with the same input.
 *
 * Built by `surefoot guard serve --build-client`, which sets SOCKET, NODE, HOOK and VERSION. The words are those of
 * src/hook/wire.ts.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define PROTOCOL "surefoot-guard-1"
/* The hook program refuses a larger call; there is no use in keeping more of it. */
#define MOST_INPUT (16u << 20)
#define MOST_ANSWER (4u << 20)

struct text {
  char *bytes;
  size_t length, room;
};

/* Where an answer cannot be had at all: the exit code and the most common form of a refusal. */
static void give_up(const char *why) {
  printf("{\"hookSpecificOutput\":{\"hookEventName\":\"PreToolUse\",\"permissionDecision\":\"deny\","
         "\"permissionDecisionReason\":\"surefoot refuses because its hook could not start: %s\"}}\n",
         why);
  fprintf(stderr, "surefoot: %s\n", why);
  fflush(stdout);
  _exit(2);
}

static void make_room(struct text *text, size_t more) {
  if (text->room - text->length >= more) return;
  text->room = (text->length + more) * 2;
  text->bytes = realloc(text->bytes, text->room);
  if (text->bytes == NULL) give_up("out of memory");
}

/* How deep in braces and brackets the input is: an agent may leave the pipe open behind its JSON. */
struct depth {
  int braces, in_string, escaped, begun;
};

static void follow(struct depth *at, const char *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    char c = bytes[i];
    if (at->escaped) at->escaped = 0;
    else if (at->in_string) {
      if (c == '\\') at->escaped = 1;
      else if (c == '"') at->in_string = 0;
    } else if (c == '"') at->in_string = 1;
    else if (c == '{' || c == '[') at->braces++, at->begun = 1;
    else if (c == '}' || c == ']') at->braces--;
  }
}

static void read_input(struct text *input) {
  struct depth at = {0, 0, 0, 0};
  for (;;) {
    make_room(input, 65536);
    ssize_t got = read(0, input->bytes + input->length, 65536);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      usleep(1000);
      continue;
    }
    if (got <= 0) return;
    follow(&at, input->bytes + input->length, (size_t)got);
    /* What is too long is read to its end and let go. */
    if (input->length < MOST_INPUT) input->length += (size_t)got;
    if (at.begun && at.braces <= 0 && !at.in_string && got < 65536) return;
  }
}

static int write_all(int file, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t put = write(file, bytes, length);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && file < 3 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      usleep(1000);
      continue;
    }
    if (put <= 0) return 0;
    bytes += put;
    length -= (size_t)put;
  }
  return 1;
}

static int connect_to_server(void) {
  struct sockaddr_un address;
  struct timeval patience = {1, 500000};
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  if (strlen(SOCKET) >= sizeof address.sun_path) return -1;
  strcpy(address.sun_path, SOCKET);
  int file = socket(AF_UNIX, SOCK_STREAM, 0);
  if (file < 0) return -1;
  setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect(file, (struct sockaddr *)&address, sizeof address) == 0) return file;
  close(file);
  return -1;
}

/* Ends this process with the server's answer; returns where there is none. */
static void ask(const char *dialect, const char *flags, const struct text *input) {
  char cwd[PATH_MAX], head[PATH_MAX + 256], protocol[32];
  struct text answer = {NULL, 0, 0};
  unsigned exit_code;
  size_t out, err;
  int begin = 0;
  if (getcwd(cwd, sizeof cwd) == NULL || strchr(cwd, '\n') != NULL || strlen(dialect) > 32) return;
  int file = connect_to_server();
  if (file < 0) return;
  int length = snprintf(head, sizeof head, "%s %s %s %s\n%s\n", PROTOCOL, VERSION, dialect, flags, cwd);
  if (length < 0 || (size_t)length >= sizeof head) return;
  if (!write_all(file, head, (size_t)length) || !write_all(file, input->bytes, input->length)) return;
  if (shutdown(file, SHUT_WR) != 0) return;
  for (;;) {
    make_room(&answer, 4097);
    ssize_t got = read(file, answer.bytes + answer.length, 4096);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || answer.length > MOST_ANSWER) return;
    if (got == 0) break;
    answer.length += (size_t)got;
  }
  answer.bytes[answer.length] = 0;
  if (sscanf(answer.bytes, "%31s %u %zu %zu%n", protocol, &exit_code, &out, &err, &begin) != 4) return;
  if (strcmp(protocol, PROTOCOL) != 0 || exit_code > 2 || answer.bytes[begin] != '\n') return;
  begin++;
  if (out > MOST_ANSWER || err > MOST_ANSWER || (size_t)begin + out + err != answer.length || out == 0) return;
  write_all(2, answer.bytes + begin + out, err);
  if (!write_all(1, answer.bytes + begin, out)) _exit(2);
  _exit((int)exit_code);
}

/* Goes on as the hook program, which finds the input in an unnamed file. */
static void become_hook(int count, char **words, const struct text *input) {
  char **args = calloc((size_t)count + 2, sizeof *args);
  FILE *file = tmpfile();
  if (args == NULL || file == NULL || !write_all(fileno(file), input->bytes, input->length)) give_up("no space");
  if (lseek(fileno(file), 0, SEEK_SET) != 0 || dup2(fileno(file), 0) != 0) give_up("no standard input");
  args[0] = NODE;
  args[1] = HOOK;
  for (int i = 1; i < count; i++) args[i + 1] = words[i];
  signal(SIGPIPE, SIG_DFL);
  execv(NODE, args);
  give_up("Node is not where it was: install the guard again");
}

int main(int count, char **words) {
  const char *dialect = NULL;
  char flags[] = "--";
  int known = 1;
  struct text input = {NULL, 0, 0};
  signal(SIGPIPE, SIG_IGN);
  for (int i = 1; i < count; i++) {
    if (strcmp(words[i], "--dialect") == 0 && i + 1 < count) dialect = words[++i];
    else if (strcmp(words[i], "--explicit") == 0) flags[0] = 'e';
    else if (strcmp(words[i], "--unattended") == 0) flags[1] = 'u';
    else known = 0;
  }
  read_input(&input);
  if (known && dialect != NULL && strpbrk(dialect, " \n") == NULL && input.length < MOST_INPUT)
    ask(dialect, flags, &input);
  become_hook(count, words, &input);
  return 2;
}
