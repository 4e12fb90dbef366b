/** How many tests a command ran, and who said so. */
export interface TestCount {
  /** Tests that ran to an end: passed plus failed. Skipped and todo tests did not. */
  readonly executed: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The runner or format whose own words were read, as in `node:test`, `pytest`, `junit`, `tap`. */
  readonly runner: string;
}
