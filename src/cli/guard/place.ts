import { findPlace } from "../../hook/place.ts";
import type { Place } from "../../hook/place.ts";
import { guardFolder } from "../../host/state-folder.ts";
import type { Io } from "../command.ts";

/** Where the guard decides for the folder that the command was started in: as for an agent that works there. */
export function placeHere({ host, cwd }: Pick<Io, "host" | "cwd">): Promise<Place> {
  return findPlace(host.files, cwd, guardFolder(host));
}
