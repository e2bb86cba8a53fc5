/** What an export made, as the journal has it. */

export interface ExportedFile {
  /** Path in the repository. */
  readonly path: string;
  readonly artefact: 'realm-json' | 'configmap' | 'helm-values' | 'other';
  readonly added: number;
  readonly removed: number;
  readonly changes: readonly string[];
  /** Set when the file was left alone: why, and what a person has to do. */
  readonly refusal: string | null;
}

export interface StrategyFinding {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly setting: string;
  readonly class: 'destructive' | 'seed-only' | 'inert';
  /** The honest line on what it does on this Keycloak version. */
  readonly because: string;
  /** What the export did to it. */
  readonly done: string;
}

/** Whether an export changed in git what carries the realm. */
export function patchesCarrier(exported: Exported | null): boolean {
  return (exported?.files ?? []).some(({ artefact, refusal, added, removed }) => refusal === null && artefact !== 'other' && added + removed > 0);
}

export interface Exported {
  /** The directory that holds everything. */
  readonly directory: string;
  readonly patch: string | null;
  readonly files: readonly ExportedFile[];
  readonly strategy: readonly StrategyFinding[];
  readonly secretsToCreate: readonly string[];
  /** null: there was nothing to check. */
  readonly applyCheck: { readonly ok: boolean; readonly message: string } | null;
  readonly branch: string | null;
  readonly commit: string | null;
  readonly notes: readonly string[];
}
