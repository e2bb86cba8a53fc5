import type { Choices } from '../realm/choice.ts';
import { openFile } from './artefacts/artefact.ts';
import { recognise } from './artefacts/index.ts';
import { bringToLive } from './content/bring.ts';
import { applyEdits, lineOf, Refusal } from './splice/text.ts';
import { judged, spelled, strategySites } from './sites.ts';
import { asRepresentation } from '../realm/representation-shape.ts';
import { spellingIn } from './content/spelling.ts';
import { verifyPatched } from './verify.ts';
import type { Difference, RealmState } from '../realm/model.ts';
import type { JsonObject } from '../realm/json.ts';
import type { ExportedFile, StrategyFinding } from '../runbook/model.ts';
import type { RealmSite, SettingSite, SourceFile } from './artefacts/artefact.ts';
import type { SecretToCreate } from './content/secrets.ts';
import type { TextEdit } from './splice/text.ts';

export interface PatchRequest {
  readonly realm: string;
  readonly serverVersion: string | null;
  readonly live: RealmState;
  readonly differences: readonly Difference[];
  readonly choices: Choices;
}

export interface PatchedFile {
  readonly path: string;
  readonly artefact: ExportedFile['artefact'];
  readonly before: string;
  /** Equal to `before` where nothing had to change or the file was refused. */
  readonly after: string;
  readonly changes: readonly string[];
  readonly refusal: string | null;
  readonly findings: readonly StrategyFinding[];
  readonly secrets: readonly SecretToCreate[];
  readonly notes: readonly string[];
  /** The realm as the file will have it; null where it has none of that name, or is refused. */
  readonly realm: JsonObject | null;
}

/**
 * Patches one file: its realm brought to live, its strategy settings made harmless, every other byte as it was.
 * null: the file has neither this realm nor a setting. Pure.
 */
export function patchFile(path: string, text: string, request: PatchRequest): PatchedFile | null {
  const file = openFile(path, text);
  const found = recognise(file);
  if (!found) return null;
  const realms = found.realms.filter(({ realm }) => realm === request.realm);
  if (found.refusal !== null && !concerns(file, request.realm)) return null;
  const sites = strategySites(found, request.serverVersion);
  if (realms.length === 0 && sites.length === 0 && found.refusal === null) return null;
  const findings = findingsOf(file, sites);
  const blank = { path, artefact: found.artefact, before: text, after: text, changes: [], refusal: found.refusal, findings: findings.map(unpatched), secrets: [], notes: [], realm: null };
  if (found.refusal !== null) return blank;
  try {
    return { ...blank, ...patch(file, found.realms, sites, request), findings };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...blank, refusal: error.message };
  }
}

function patch(file: SourceFile, all: readonly RealmSite[], sites: readonly SettingSite[], request: PatchRequest) {
  const origins = new WeakMap<object, object>();
  const realms = all.filter(({ realm }) => realm === request.realm);
  const brought = realms.map((site) => {
    const shape = asRepresentation(site.value);
    if (typeof shape === 'string') throw new Refusal(`The realm here cannot be read: ${shape}. Correct it first.`);
    const spelling = spellingIn(site.value);
    return { site, ...bringToLive({ ...request, live: spelling.live(request.live), file: site.value, origins, spelling }) };
  });
  const changed = brought.filter(({ site, after }) => after !== site.value);
  const refused = changed.find(({ site }) => site.refusal !== null);
  if (refused?.site.refusal) throw new Refusal(refused.site.refusal);
  const fixes = sites.flatMap(({ fix, setting, idle }) => (fix && !idle ? [{ ...fix, setting }] : []));
  const edits: TextEdit[] = [...changed.flatMap(({ site, after }) => site.splice(after, origins)), ...fixes.flatMap(({ edits }) => edits)];
  const after = applyEdits(file.text, edits);
  if (edits.length > 0) verifyPatched(file, after, edits, new Map(changed.map((each) => [all.indexOf(each.site), each.after])));
  return {
    after,
    changes: [...brought.flatMap(({ changes }) => changes), ...fixes.map(({ setting, done }) => `${setting}: ${done}`)],
    secrets: brought.flatMap(({ secrets }) => secrets),
    notes: brought.flatMap(({ notes }) => notes),
    realm: brought[0]?.after ?? null,
  };
}

/** A file that cannot be read concerns this realm when it names it, or is about a realm by its own name. */
function concerns(file: SourceFile, realm: string): boolean {
  return (file.text.includes('realm') && file.text.includes(realm)) || (/ENC\[AES256/.test(file.text) && /realm/i.test(file.path));
}

function findingsOf(file: SourceFile, sites: readonly SettingSite[]): readonly StrategyFinding[] {
  return sites.map((site) => ({ file: file.path, line: lineOf(file.text, site.offset), setting: spelled(site), ...judged(site), done: (site.idle ? undefined : site.fix?.done) ?? 'left as it is' }));
}

const unpatched = (finding: StrategyFinding): StrategyFinding => ({ ...finding, done: 'left as it is: this file is not patched' });
