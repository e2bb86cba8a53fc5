import { compareText } from './canonical.ts';
import { fieldDifferences } from './fields.ts';
import { dropFilledIn } from './filled-in.ts';
import type { Kind } from './kind.ts';
import { KINDS } from './kinds/index.ts';
import type { Change, Difference, FieldDifference, ObjectId, RealmObject, RealmState } from './model.ts';
import { settleOwners } from './owners.ts';
import { knowsAbsence, lists, passesOver } from './places.ts';
import { suggestFor } from './suggest.ts';
import { unionOf } from './union.ts';

/**
 * Every object on which live and evidence disagree, sorted by owner, kind and id: the same input gives the same list.
 *
 * Earlier evidence wins object by object. `lost` needs a live realm that was seen to lack it, `live-only` needs evidence
 * that listed the place: silence is never read as "deleted". What stands inside a client that only one side has is said
 * by that client.
 */
export function compareStates(live: RealmState, evidence: readonly RealmState[]): readonly Difference[] {
  const union = unionOf(live, evidence);
  return disagreements(live, evidence, (kind, { change, object, having }) => ({
    ...suggestFor(kind, { change, object, live: live.objects.get(object.id), having }), effect: kind.effect(change, object, live, union),
  }));
}

/**
 * How much differs and where, without what it costs and what to do about it: for the first picture while a capture still runs. Only
 * kinds that the live state speaks about, which is a part of the realm then.
 */
export function outlineOf(live: RealmState, evidence: readonly RealmState[]): readonly Pick<Difference, 'owner' | 'change'>[] {
  const read = new Set([...live.listed].map((place) => place.replace(/^~?([^@]*)@.*$/s, '$1')));
  return disagreements(live, evidence, () => ({ effect: '', suggest: 'ask', because: '' }), (object) => read.has(object.kind));
}

type Judgement = Pick<Difference, 'effect' | 'suggest' | 'because'>;
type Judge = (kind: Kind, found: { readonly change: Change; readonly object: RealmObject; readonly having: readonly RealmState[] }) => Judgement;

function disagreements(live: RealmState, evidence: readonly RealmState[], judge: Judge, concerns: (object: RealmObject) => boolean = () => true): readonly Difference[] {
  const kinds = new Map(KINDS.map((kind) => [kind.name, kind]));
  const found: Difference[] = [];
  const add = (change: Change, object: RealmObject, having: readonly RealmState[], fields: readonly FieldDifference[]): void => {
    const kind = kinds.get(object.kind);
    if (kind === undefined) return;
    const only = kind.onlyCompared ?? kind.neverWritten?.(object);
    const { effect, suggest, because } = judge(kind, { change, object, having });
    found.push({
      id: object.id, kind: object.kind, owner: object.owner, name: object.name, change, fields,
      effect, suggest, because, source: having[0]?.source ?? null,
      ...(only === undefined ? {} : { onlyCompared: only }),
      ...(change === 'live-only' && !evidence.some((state) => lists(state, object)) ? { onlyCompared: 'no source lists what should be there, so nothing is removed on its word' } : {}),
    });
  };
  const seen = new Set<ObjectId>();
  for (const state of evidence) {
    for (const object of state.objects.values()) {
      if (seen.has(object.id) || !concerns(object)) continue;
      seen.add(object.id);
      const there = live.objects.get(object.id);
      // Equal objects of a large realm are one and the same.
      if (there === object) continue;
      const having = (): readonly RealmState[] => [state, ...evidence.filter((other) => other !== state && other.objects.has(object.id))];
      if (there !== undefined) {
        const fields = fieldDifferences(there.value, object.value, state.completeness !== 'stated', object.name);
        if (fields.length > 0) add('changed', object, having(), fields);
      } else if (knowsAbsence(live, object) && !saidByParent(kinds.get(object.kind), object, live)) add('lost', object, having(), []);
    }
  }
  for (const object of live.objects.values()) {
    if (!seen.has(object.id) && isLiveOnly(kinds.get(object.kind), object, live, evidence, seen)) add('live-only', object, [], []);
  }
  const rank = new Map(KINDS.map((kind, index) => [kind.name, index]));
  return settleOwners({ differences: dropFilledIn(found), live, evidence })
    .toSorted((a, b) => compareText(a.owner, b.owner) || (rank.get(a.kind) ?? 0) - (rank.get(b.kind) ?? 0) || compareText(a.id, b.id));
}

/** A lost client says that its settings are lost; and a default of the server is never missed. */
function saidByParent(kind: Kind | undefined, object: RealmObject, live: RealmState): boolean {
  if (kind?.serverDefault?.(object) === true) return true;
  return kind?.insideParent === true && object.parent !== undefined && !live.objects.has(object.parent);
}

function isLiveOnly(kind: Kind | undefined, object: RealmObject, live: RealmState, evidence: readonly RealmState[], seen: ReadonlySet<ObjectId>): boolean {
  if (kind === undefined || kind.serverDefault?.(object) === true) return false;
  // The container is live-only itself and stands for what it holds.
  if (object.parent !== undefined && !seen.has(object.parent)) return false;
  const knowing = evidence.filter((state) => lists(state, object) || passesOver(state, object));
  if (knowing.length === 0) return false;
  return kind.builtin?.(object, live.realm) !== true || knowing.some((state) => state.completeness !== 'stated');
}

export { toContractJson } from './contract.ts';
