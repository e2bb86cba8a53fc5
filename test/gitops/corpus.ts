/** The corpus of deployment files: each directory is a case with the verdicts that people who know Keycloak expect of its files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Verdict } from '../../src/gitops/lint.ts';
import type { SettingClass } from '../../src/gitops/catalogue/setting.ts';

export const CORPUS = fileURLToPath(new URL('./corpus/', import.meta.url));

export interface CorpusFile {
  /** `compose/inert-unused-extension/compose.yaml` */
  readonly path: string;
  readonly packaging: string;
  readonly text: string;
  readonly verdict: Verdict;
  /** Places that must be found, by line and class. */
  readonly findings: readonly { readonly line: number; readonly setting: string; readonly class: SettingClass }[];
  /** It cannot be read or edited for certain. */
  readonly refusal: boolean;
  /** Whether few bytes make it harmless; undefined where the author left that open. */
  readonly fixable: boolean | undefined;
  readonly after: Verdict | undefined;
}

interface Expected {
  readonly files: Readonly<Record<string, Partial<Omit<CorpusFile, 'path' | 'text'>> & Pick<CorpusFile, 'verdict'>>>;
}

export function corpusFiles(): readonly CorpusFile[] {
  return readdirSync(CORPUS).flatMap((packaging) => readdirSync(join(CORPUS, packaging)).flatMap((name) => {
    const directory = join(CORPUS, packaging, name);
    const { files } = JSON.parse(readFileSync(join(directory, 'expect.json'), 'utf8')) as Expected;
    return Object.entries(files).map(([file, { verdict, findings = [], refusal = false, fixable, after }]) => ({
      path: `${packaging}/${name}/${file}`, packaging, text: readFileSync(join(directory, file), 'utf8'), verdict, findings, refusal, fixable, after,
    }));
  }));
}
