/** What the bench found, as rows of a Markdown table. */
import { cpus, totalmem } from 'node:os';

/** `bound` null: told for its own sake, nothing is held against it. */
export interface Row {
  readonly what: string;
  readonly found: number;
  readonly bound: number | null;
  readonly unit: 'x' | 'ms' | 's' | 'MB' | 'requests' | '';
  /** How it came about: both sides of a ratio, counts. */
  readonly note: string;
}

export function broken({ found, bound }: Row): boolean {
  return bound !== null && !(found <= bound);
}

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => `| ${row.what} | ${quantity(row.found, row.unit)} | ${row.bound === null ? '' : `at most ${quantity(row.bound, row.unit)}`}${broken(row) ? ' **broken**' : ''} | ${row.note} |`);
  return ['| what | found | bound | how |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

/** @param keycloak its version; null where no part asked a server */
export function machine(keycloak: string | null): string {
  const { length } = cpus();
  return `${length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB of memory, Node ${process.version}${keycloak === null ? '' : `, Keycloak ${keycloak}`}`;
}

export function quantity(value: number, unit: Row['unit']): string {
  const digits = unit === 'x' || unit === 's' ? 2 : 0;
  return unit === 'x' ? `${value.toFixed(digits)} x` : `${value.toFixed(digits)} ${unit}`.trim();
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
