/** Absolute path of something that ships with the package: `policies`, `taxonomies`, `schema/…`. */
export function packageFile(path: string): string {
  return `${import.meta.dirname}/../../${path}`;
}
