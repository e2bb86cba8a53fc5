import { isMap, isScalar, isSeq } from 'yaml';
import type { Node, YAMLMap } from 'yaml';
import { keyOf } from '../splice/yaml-nodes.ts';
import { addTo, environmentOf, isOff, pairsOf, scalarVariable, valueAt, wordsOf } from './container.ts';
import { textOf } from './nested.ts';
import type { Surroundings, Switch } from './container.ts';
import type { Launch, Variable } from './launch.ts';

/** The switch of bitnami's chart for keycloak-config-cli. */
export const CONFIG_CLI_SWITCH = 'keycloakConfigCli.enabled';

/** The part of bitnami's chart that runs keycloak-config-cli after every sync. What an Application sets over it wins. */
export function configCliPart(map: YAMLMap, around: Surroundings): readonly Launch[] {
  const over = around.parameters?.get(CONFIG_CLI_SWITCH);
  const pair = pairsOf(map).find((each) => keyOf(each) === 'enabled');
  const own = pair && isScalar(pair.value) ? { variable: scalarVariable(CONFIG_CLI_SWITCH, pair.value, pair.key, around.layer), on: !isOff(pair.value) } : null;
  const switched = over ?? own;
  return switched ? [partLaunch(switched, map, around)] : [];
}

/** The switch alone, where the values below it stand elsewhere. */
export function switchLaunch(variable: Variable, on: boolean): Launch {
  return { words: [], environment: [{ ...variable, text: on ? 'true' : 'false' }], image: on ? 'keycloak-config-cli' : null, addVariable: null };
}

function partLaunch({ variable, on }: Switch, map: YAMLMap, around: Surroundings): Launch {
  const { environment, ...switched } = switchLaunch(variable, on);
  return on ? { ...switched, words: wordsOf(map, around), environment: [...environment, ...environmentOf(map, around)], addVariable: addTo(map, around) } : { ...switched, environment };
}

/** What an Argo CD Application sets by path; `forceString` makes a text of it, and any text is true. */
export function parametersOf(helm: YAMLMap, around: Surroundings): ReadonlyMap<string, Switch> {
  const list = valueAt(helm, 'parameters', around.document);
  return new Map((isSeq(list) ? list.items as Node[] : []).flatMap((item) => {
    if (!isMap(item)) return [];
    const value = pairsOf(item).find((pair) => keyOf(pair) === 'value');
    const name = textOf(valueAt(item, 'name', around.document));
    if (name === null || !value || !isScalar(value.value)) return [];
    const forced = String(valueAt(item, 'forceString', around.document)) === 'true';
    const text = textOf(value.value) ?? '';
    return [[name, { variable: scalarVariable(name, value.value, value.key, around.layer), on: text !== '' && (forced || text !== 'false') }] as const];
  }));
}

/** Switches of a chart that decide by themselves: an Application's parameters without values below them, CloudPirates' `realm.import`. */
export function chartSwitches(map: YAMLMap, key: string, around: Surroundings): readonly Launch[] {
  if (key === 'helm') {
    const over = around.parameters?.get(CONFIG_CLI_SWITCH);
    const values = valueAt(map, 'valuesObject', around.document) ?? valueAt(map, 'values', around.document);
    const said = isMap(values) ? values.has('keycloakConfigCli') : textOf(values)?.includes('keycloakConfigCli');
    return over && !said ? [switchLaunch(over.variable, over.on)] : [];
  }
  const pair = key === 'realm' ? pairsOf(map).find((each) => keyOf(each) === 'import') : undefined;
  if (!pair || !isScalar(pair.value) || typeof pair.value.value !== 'boolean') return [];
  return [{ words: [], environment: [scalarVariable('realm.import', pair.value, pair.key, around.layer)], image: null, addVariable: null }];
}
