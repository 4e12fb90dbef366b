import { argvRule } from "../argv.ts";
import type { Invocation } from "../argv.ts";
import { commandLine, given, nameSet, optionValue, optionValues, triesOnly } from "../command-line.ts";
import type { CommandLine } from "../command-line.ts";
import type { Hit, Rule } from "../rule.ts";
import { hole } from "../shell/shell.ts";

const kubectl = ["kubectl", "oc", "k", "kubectl.exe", "microk8s.kubectl", "kubecolor"];

const del = argvRule({
  id: "k8s/delete",
  irreversible: true,
  verdict: "deny",
  says: "it deletes cluster objects whose loss hurts",
  instead: "kubectl get all -n app -o wide",
  programs: [...kubectl, "k3s", "minikube", "kind", "k3d", "eksctl", "velero", "argocd", "flux", "istioctl"],
  matches: (start) => {
    const line = read(start);
    return triesOnly(line) ? false : soften(start, line, deletes(start, line));
  },
  mustBlock: [
    "kubectl delete namespace prod",
    "kubectl -n shop delete pvc data-db-0",
    "kubectl delete ns shop --wait=false",
    "kubectl delete --all pods",
    "kubectl delete deploy --all -n shop",
    "kubectl delete -f k8s/",
    "kubectl delete -k overlays/prod",
    "kubectl delete crd certificates.cert-manager.io",
    "kubectl --context=prod-eu -n shop delete statefulset db",
    "kubectl delete all -l app=shop",
    "kubectl get pods -o name | xargs kubectl delete --all",
    "oc delete project shop",
    "kubectl delete pod db-0 --grace-period=0 --force",
    "cat <<'EOF' | kubectl delete -f -\nkind: Namespace\nEOF",
    "k3s kubectl delete pv data",
    "kind delete cluster --name dev",
    "minikube delete --all",
    "eksctl delete cluster shop",
    "velero backup delete nightly --confirm",
    "bash -c 'kubectl --namespace=shop delete persistentvolumeclaims/data'",
  ],
  mustAllow: [
    "kubectl get ns",
    "kubectl delete pod web-7f9c -n dev",
    "kubectl delete job migrate-1",
    "kubectl delete deployment web",
    "kubectl get pods -o name | grep Evicted | xargs kubectl delete pod",
    "kubectl delete namespace shop --dry-run=client",
    "kubectl delete -f k8s/ --dry-run=server",
    "kubectl describe pvc data-db-0",
    "kubectl logs -f deploy/web --all-containers",
    "kubectl explain namespace",
    "kubectl auth can-i delete namespaces",
    "kubectl apply -f k8s/web.yaml",
    "grep -rn 'kubectl delete ns' docs",
    "kubectl delete ns --help",
  ],
});

const node = argvRule({
  id: "k8s/node",
  irreversible: false,
  verdict: "deny",
  says: "it takes a node out of the cluster",
  instead: "kubectl describe node worker-1",
  programs: [...kubectl, "k3s", "kubeadm", "eksctl"],
  matches: (start) => {
    const line = read(start);
    if (triesOnly(line)) return false;
    const [verb = "", what = ""] = verbs(start, line);
    if (start.program === "kubeadm") return verb === "reset";
    const hit =
      (start.program === "eksctl" && verb === "drain") ||
      /^(drain|cordon|taint)$/.test(verb) ||
      (verb === "delete" && /^(no|node|nodes)(\/|$)/.test(what)) ||
      (verb === "adm" && what === "drain");
    return soften(start, line, hit);
  },
  mustBlock: [
    "kubectl drain worker-1 --ignore-daemonsets --delete-emptydir-data",
    "kubectl cordon worker-1",
    "kubectl delete node worker-1",
    "kubectl --context prod delete nodes/worker-1",
    "kubectl taint nodes worker-1 key=value:NoExecute",
    "oc adm drain worker-1",
    "sudo kubeadm reset -f",
    "kubectl get nodes -o name | xargs -n1 kubectl drain",
  ],
  mustAllow: [
    "kubectl get nodes",
    "kubectl describe node worker-1",
    "kubectl top node",
    "kubectl drain worker-1 --dry-run=server",
    "kubectl uncordon worker-1",
    "kubectl get node worker-1 -o yaml",
  ],
});

const scaleDown = argvRule({
  id: "k8s/scale-down",
  irreversible: false,
  verdict: "ask",
  says: "it scales a workload to zero, or replaces it by force",
  instead: "kubectl get deploy web -o wide",
  programs: [...kubectl, "k3s", "doctl", "eksctl"],
  matches: (start) => {
    const line = read(start);
    if (triesOnly(line)) return false;
    const [verb = ""] = verbs(start, line);
    if (verb === "scale") return optionValue(line, "replicas") === "0";
    if (verb === "replace") return given(line, "force");
    if (verb === "apply") return given(line, "prune") && (given(line, "all") || given(line, "l", "selector"));
    if (verb !== "patch" && verb !== "set") return false;
    return optionValues(line, "p", "patch").some((value) =>
      /"?replicas"?\s*:\s*0\b|"?finalizers"?\s*:\s*(null|\[\s*\])/.test(value),
    );
  },
  mustBlock: [
    "kubectl scale deploy/web --replicas=0",
    "kubectl -n shop scale --replicas 0 statefulset db",
    "kubectl replace --force -f k8s/web.yaml",
    "kubectl apply -f k8s/ --prune -l app=shop",
    'kubectl patch deploy web -p \'{"spec":{"replicas":0}}\'',
    'kubectl patch pvc data -p \'{"metadata":{"finalizers":null}}\'',
    "oc scale dc/web --replicas=0",
  ],
  mustAllow: [
    "kubectl scale deploy/web --replicas=3",
    "kubectl rollout status deploy/web",
    "kubectl rollout restart deploy/web",
    "kubectl rollout history deploy/web",
    "kubectl replace -f k8s/web.yaml --dry-run=client",
    "kubectl scale deploy/web --replicas=0 --dry-run=client",
    "kubectl get deploy -o jsonpath='{.spec.replicas}'",
  ],
});

const helmUninstall = argvRule({
  id: "k8s/helm-uninstall",
  irreversible: true,
  verdict: "deny",
  says: "it uninstalls a release with everything that belongs to it",
  instead: "helm status web -n shop",
  programs: ["helm", "helm3", "helmfile", "skaffold", "kapp", "argocd", "flux", "istioctl", "tilt", "okteto"],
  matches: (start) => {
    const line = read(start);
    if (triesOnly(line)) return false;
    const [verb = "", what = ""] = line.words;
    switch (start.program) {
      case "helm":
      case "helm3":
        return soften(start, line, /^(uninstall|delete|del|un)$/.test(verb));
      case "argocd":
        return verb === "app" && what === "delete";
      case "flux":
        return soften(start, line, verb === "uninstall" || verb === "delete");
      case "istioctl":
        return verb === "uninstall";
      case "kapp":
        return verb === "delete";
      case "helmfile":
        return soften(start, line, /^(destroy|delete)$/.test(verb));
      default:
        // Tools of a developer's own cluster.
        return /^(delete|down|destroy)$/.test(verb) ? { verdict: "ask" } : false;
    }
  },
  mustBlock: [
    "helm uninstall web",
    "helm -n shop delete web",
    "helm uninstall web --kube-context prod --no-hooks",
    "helm list -q | xargs -L1 helm uninstall",
    "helmfile -e prod destroy",
    "argocd app delete shop --cascade",
    "flux uninstall --silent",
    "helm uninstall web --keep-history && helm install web ./chart",
  ],
  mustAllow: [
    "helm list -A",
    "helm uninstall web --dry-run",
    "helm template ./chart",
    "helm upgrade --install web ./chart --dry-run",
    "helm lint chart",
    "helm plugin uninstall diff",
    "argocd app diff shop",
    "helmfile -e prod diff",
  ],
});

export const rules: readonly Rule[] = [del, node, scaleDown, helmUninstall];

const valued = nameSet(
  "n namespace context cluster user kubeconfig kube-context s server token as as-group cache-dir certificate-authority client-certificate client-key request-timeout tls-server-name v vmodule f filename k kustomize l selector field-selector o output grace-period timeout cascade replicas current-replicas p patch type name region profile e environment c container wait-timeout selector g group file env state-values-file",
);

function read(start: Invocation): CommandLine {
  return commandLine(start, valued);
}

/** The words from the subcommand on. */
function verbs({ program }: Invocation, { words }: CommandLine): readonly string[] {
  return (program === "k3s" || program === "minikube") && words[0] === "kubectl" ? words.slice(1) : words;
}

type Found = boolean | Omit<Hit, "span">;

// Kinds, with their short names, that hold data or hold other objects.
const heavy =
  /^(ns|namespaces?|projects?|pvc?|persistentvolume(claim)?s?|crds?|customresourcedefinitions?|sts|statefulsets?|sc|storageclass(es)?|clusters?|clusterrole(binding)?s?|apiservices?|validatingwebhookconfigurations?|mutatingwebhookconfigurations?|volumesnapshots?|nodes?|databases?|all|backups?)(\.[\w.-]+)?$/i;

function deletes(start: Invocation, line: CommandLine): Found {
  const words = verbs(start, line);
  const [verb = "", what = ""] = words;
  switch (start.program) {
    case "kind":
    case "k3d":
    case "minikube":
      // A cluster in containers on this machine is made to be thrown away, and still may hold a day's work.
      return (verb === "delete" || (verb === "cluster" && what === "delete")) && local;
    case "eksctl":
      return verb === "delete";
    case "velero":
      return words.includes("delete");
    case "argocd":
      return words[1] === "delete" || words[1] === "rm"
        ? verb === "cluster" || verb === "proj" || verb === "appset"
        : false;
    case "flux":
    case "istioctl":
      return false;
    default:
      return verb === "delete" && deletesMuch(start, words.slice(1), line);
  }
}

const local: Omit<Hit, "span"> = { verdict: "ask", says: "it deletes a local cluster with everything in it" };

function deletesMuch(start: Invocation, named: readonly string[], line: CommandLine): Found {
  if (given(line, "all", "A", "all-namespaces")) return true;
  const [first = ""] = named;
  const kinds = first.includes("/") ? named.map((word) => word.split("/")[0] ?? "") : first.split(",");
  if (kinds.some((kind) => heavy.test(kind))) return true;
  const described = (start.input ?? "").matchAll(/^\s*"?kind"?:\s*"?(\w+)/gm);
  if ([...described].some(([, kind = ""]) => heavy.test(kind))) return true;
  if (optionValues(line, "f", "filename", "k", "kustomize").length > 0)
    return { verdict: "ask", says: "it deletes every object that a file describes" };
  if (optionValues(line, "l", "selector", "field-selector").length > 0)
    return { verdict: "ask", says: "it deletes every object with a label" };
  if (given(line, "force"))
    return { verdict: "ask", says: "it deletes objects by force, without waiting for them to end" };
  if (aimsAtProduction(line)) return { verdict: "ask", says: "it deletes something in production" };
  const opaque = named.slice(1).includes(hole) || first === hole;
  return opaque && !kinds.some((kind) => /^(po|pods?|jobs?|rs|replicasets?|events?)$/.test(kind))
    ? { verdict: "ask", says: "which objects it deletes cannot be known" }
    : false;
}

// Names that the tools for clusters on one's own machine give to contexts.
const localContext =
  /^(kind-.*|k3d-.*|minikube|docker-desktop|docker-for-desktop|rancher-desktop|colima.*|orbstack|microk8s)$/;

function soften(start: Invocation, line: CommandLine, found: Found): Found {
  if (found === false) return false;
  const context = optionValue(line, "context", "kube-context") ?? "";
  const isLocal =
    localContext.test(context) ||
    start.program === "microk8s.kubectl" ||
    (start.program === "minikube" && line.words[0] === "kubectl");
  return isLocal ? { ...(found === true ? {} : found), verdict: "ask" } : found;
}

function aimsAtProduction(line: CommandLine): boolean {
  return optionValues(line, "context", "n", "namespace").some((name) => /prod/i.test(name));
}
