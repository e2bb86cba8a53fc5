import { configMap } from './config-map.ts';
import { extraEnv } from './extra-env.ts';
import { guarded } from './guarded.ts';
import { embedded } from './embedded-values.ts';
import { realmJson } from './realm-json.ts';
import { realmImport, realmYaml } from './realm-tree.ts';
import { realmsIn } from './realm-value.ts';
import { script } from './script.ts';
import { unreadable } from './unreadable.ts';
import { workload } from './workload.ts';
import { writer } from './writer.ts';
import type { Recognised, Recogniser, SourceFile } from './artefact.ts';

/** What a file that is a realm can be: nothing in megabytes of it is read as anything else. */
const REALM: readonly Recogniser[] = [guarded, realmJson];
/** Every other packaging that this tool knows. */
const OTHERS: readonly Recogniser[] = [guarded, unreadable, configMap, realmImport, realmYaml, embedded, extraEnv, workload, writer, script];

/** What all recognisers together find in a file; a refusal of one counts for all. The first one that finds a realm names the artefact. */
export function recognise(file: SourceFile): Recognised | null {
  const recognisers = realmsIn(file.json()).length > 0 ? REALM : OTHERS;
  const found = recognisers.flatMap((recogniser) => recogniser.recognise(file) ?? []);
  const named = found.find(({ realms }) => realms.length > 0) ?? found[0];
  if (!named) return null;
  return {
    artefact: named.artefact,
    realms: found.flatMap(({ realms }) => realms),
    settings: found.flatMap(({ settings }) => settings),
    launches: found.flatMap(({ launches }) => launches),
    refusal: found.find(({ refusal }) => refusal !== null)?.refusal ?? null,
    broken: found.some(({ broken }) => broken === true),
    unjudged: found.some(({ unjudged }) => unjudged === true),
  };
}
