import { valueAt } from '../file-place.ts';
import { objectId, parseId, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { RealmObject } from '../model.ts';
import { isGlobalProfile, POLICY_PARTS, policyList, policySecrets, policyValue, type PolicyPart } from '../normal/client-policies.ts';
import { restoreClientPolicy } from '../writes/client-policy-writes.ts';

const PARTS = Object.keys(POLICY_PARTS) as PolicyPart[];
const partIn = (id: RealmObject['id']): PolicyPart => (parseId(id).parts[0] === 'profile' ? 'profile' : 'policy');

/** Client profiles (what is enforced) and client policies (on which clients), each by name. */
export const clientPolicy: Kind = {
  name: 'client-policy',
  title: 'client policy',
  facts: {
    restored: 'one PUT of the list of profiles and one of the list of policies: the live ones with only the chosen changed; a profile that goes leaves after the policies',
    idKept: false, undo: 'yes', lostForGood: 'nothing; the order of the lists is kept, not compared',
  },
  extract: (representation) => {
    const found = PARTS.flatMap((part) => {
      const list = policyList(representation, part);
      return list === undefined ? [] : [{ part, list }];
    });
    return {
      objects: found.flatMap(({ part, list }) => list.flatMap((raw): RealmObject[] => {
        const name = raw['name'];
        return typeof name === 'string' ? [{ id: objectId('client-policy', part, name), kind: 'client-policy', owner: 'realm', name: `${part} ${name}`, value: policyValue(raw, part) }] : [];
      })),
      listed: found.map(({ part }) => place('client-policy', part)),
    };
  },
  references: ({ value }) => {
    const profiles = isRecord(value) && Array.isArray(value['profiles']) ? value['profiles'] : [];
    return profiles.map(String).filter((name) => !isGlobalProfile(name)).map((name) => objectId('client-policy', 'profile', name));
  },
  effect: (change, { id, value }, live) => {
    const [, name = ''] = parseId(id).parts;
    if (partIn(id) === 'profile') return change === 'lost' ? `client profile ${name} is gone: the policies that apply it enforce nothing of it` : `client profile ${name} ${change === 'changed' ? 'enforces something else' : 'is only in the live realm'}`;
    const applies = (side: unknown): boolean => isRecord(side as typeof value) && (side as { readonly enabled?: unknown }).enabled === true;
    if (change === 'lost') return `client policy ${name} is gone${applies(value) ? ': clients that it fits are no longer held to its profiles' : ''}`;
    if (change === 'live-only') return `client policy ${name} is only in the live realm${applies(value) ? '; requests of clients that it fits, and changes to them, can be refused' : ''}`;
    return applies(live.objects.get(id)?.value) === applies(value) ? `client policy ${name} fits other clients or applies other profiles` : `client policy ${name} is switched ${applies(value) ? 'off' : 'on'}`;
  },
  claims: () => [],
  restore: restoreClientPolicy,
  raw: (state, id) => {
    const raw = policyList(state.representation, partIn(id))?.find((each) => each['name'] === parseId(id).parts[1]);
    return raw && { steps: policySecrets(raw) };
  },
  look: (id) => {
    const { path, list } = POLICY_PARTS[partIn(id)];
    return {
      request: { method: 'GET', path },
      pick: (body) => {
        const raw = isRecord(body) ? recordsIn(body[list]).find((each) => each['name'] === parseId(id).parts[1]) : undefined;
        return raw === undefined ? null : { value: policyValue(raw, partIn(id)) };
      },
    };
  },
  inFile: (id) => [valueAt(POLICY_PARTS[partIn(id)].field, POLICY_PARTS[partIn(id)].list, { name: parseId(id).parts[1] ?? '' })],
};
