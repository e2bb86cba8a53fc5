/** The form of the catalogue of strategy settings: what each of them does, where, on which versions, and who says so. */
export type SettingClass = 'destructive' | 'seed-only' | 'inert';
/** What imports in the same launch, and the argument that wins over variables: they decide what a setting can do at all. */
export type Importer = 'kc-import' | 'jvm-migration' | 'import-realm' | 'config-cli' | '--override';

export interface Rule {
  /** Which values it speaks of; left out: any. `absent` is the setting's default. */
  readonly values?: readonly string[];
  /** First version it holds for, and the first it no longer holds for; left out: open. */
  readonly from?: string;
  readonly before?: string;
  /** Holds only beside one of these. */
  readonly beside?: readonly Importer[];
  readonly class: SettingClass;
  readonly because: string;
}

export interface StrategySetting {
  /** As it is spelled in files. */
  readonly id: string;
  readonly where: 'environment' | 'argument' | 'jvm-property' | 'custom-resource' | 'command' | 'api' | 'chart-value' | 'resource';
  /** The first rule that fits counts. */
  readonly rules: readonly Rule[];
  /** The value that is harmless, or null where nothing is set. */
  readonly harmless: string | null;
  readonly source: string;
}

/** Compares `26.7.4` with `26.10.0` number by number; suffixes such as `.redhat-00001` do not count. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(/[.-]/).slice(0, 3).map((part) => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < 3; i += 1) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
