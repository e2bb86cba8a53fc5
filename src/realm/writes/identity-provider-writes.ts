/**
 * The writes for identity providers and their mappers. A PUT of a provider replaces it: a secret that is left out is erased, and a body
 * without the alias is answered 204 and takes the alias away, after which nobody finds the provider again. The alias in the body of a
 * mapper decides where it lands, whatever the path says (all tried on 26.7.4).
 */
import type { Json, JsonObject } from '../json.ts';
import { objectId, partOf, parseId } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import { isRecord } from '../looks.ts';
import type { Difference, Image, ObjectId, RealmState, RequestTemplate } from '../model.ts';
import { providerMappersOf, providersOf, providerValue, withEnabledUnknown, withMaskedSecrets } from '../normal/identity-provider.ts';
import { isBuiltinFlow } from '../normal/builtins.ts';
import { disabledWithOrganization, linkedProviders, organizationsIn } from '../normal/organization.ts';
import { isSecretKey, isUnknown, MASK } from '../unknowns.ts';
import { idFor, keepableId } from './body.ts';
import { isOrganizationDisabled } from './organization-writes.ts';
import { restoreRepresentation } from './representation-writes.ts';

const NEEDS = ['manage-identity-providers'];

export function rawProvider(state: RealmState | undefined, alias: string): JsonObject | undefined {
  return state === undefined ? undefined : providersOf(state.representation)?.find((raw) => raw['alias'] === alias);
}

export function rawProviderMapper(state: RealmState | undefined, alias: string, name: string): JsonObject | undefined {
  return state === undefined ? undefined : providerMappersOf(state.representation)?.find((raw) => raw['identityProviderAlias'] === alias && raw['name'] === name);
}

export function restoreProvider(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { id, name: alias, change } = difference;
  const source = context.evidenceOf(id);
  const [shown, evidence] = [rawProvider(context.live, alias), rawProvider(source, alias)];
  const hidden = enabledUnknown(context.live, id) ? disabledWithOrganization(context.live.representation).get(alias) : undefined;
  const enabled = hidden === undefined || enabledUnknown(source, id) ? undefined : evidence?.['enabled'];
  if (change === 'changed' && hidden !== undefined && typeof enabled !== 'boolean') {
    return { refused: `the server does not show whether ${alias} is enabled while organization ${hidden} is disabled, and would store that it is not; enable the organization first, or name evidence that says it` };
  }
  const live = shown === undefined || enabled === undefined ? shown : { ...shown, enabled };
  const missing = secretKeys(evidence).filter((key) => !context.knowsSecret(id, `config.${key}`));
  const kept = change === 'lost' ? keepableId(textOf(evidence?.['internalId']), context.usedIds) : textOf(live?.['internalId']);
  const { losses, ...said } = change === 'lost' ? lostWords(alias, kept, missing, source) : change === 'changed' ? changedWords(live, hidden) : removedWords(alias, hidden);
  const drafts = restoreRepresentation({
    title: `identity provider ${alias}`, collection: ['identity-provider', 'instances'], item: ['identity-provider', 'instances', alias],
    needs: NEEDS, requires: change === 'live-only' ? [] : flowsIn(context.wanted(difference)), live, evidence,
    posted: (raw) => ({ ...body(raw), ...(kept === undefined ? {} : { internalId: kept }) }),
    put: body,
    // Whatever the body carries as a secret reads back masked; what it could not carry is not there.
    seen: (value) => withMaskedSecrets(change === 'lost' && evidence !== undefined ? providerValue(evidence, true) : value, (key) => context.knowsSecret(id, `config.${key}`)),
    ...said, ...(losses.length > 0 ? { losses } : {}),
  }, difference, context);
  if ('refused' in drafts) return drafts;
  if (change === 'live-only') return withMappers(drafts, alias, context);
  const veiled = (images: readonly Image[]): readonly Image[] => (hidden !== undefined || isDisabledByPlan(alias, context) ? images.map((image) => ({ ...image, value: withEnabledUnknown(image.value) })) : images);
  return drafts.map((draft) => ({ ...draft, before: veiled(draft.before), after: veiled(draft.after), afterOperations: [...draft.afterOperations ?? [], ...unlinked(alias, context)] }));
}

/** Whether a state cannot say if the provider is enabled. */
function enabledUnknown(state: RealmState | undefined, id: ObjectId): boolean {
  const value = state?.objects.get(id)?.value;
  return isRecord(value) && isUnknown(value['enabled']);
}

/** Whether the plan disables the organization that the provider is linked to: from then on the provider reads as disabled too. */
function isDisabledByPlan(alias: string, context: PlanContext): boolean {
  return organizationsIn(context.live.representation).some((found) => linkedProviders(found.raw).includes(alias) && isOrganizationDisabled(objectId('organization', found.alias), context));
}

/** An organization that is unlinked takes its e-mail domain from the provider's config, and one that is disabled keeps it disabled (tried on 26.7.4). */
function unlinked(alias: string, context: PlanContext): readonly string[] {
  return [...context.chosen.values()].filter(({ id, kind, change }) => kind === 'organization' && change === 'live-only' && parseId(id).parts.at(-1) === alias && parseId(id).parts.length === 3).map(({ id }) => `unlink ${id}`);
}

/** Its mappers go with it. Where it can be put back, they are removed one by one first, so that they can be put back too. */
function withMappers(drafts: readonly Draft[], alias: string, context: PlanContext): readonly Draft[] {
  const mappers = [...context.live.objects.values()].filter((object) => object.parent === objectId('identity-provider', alias));
  const [gone] = drafts;
  if (gone === undefined || mappers.length === 0) return drafts;
  if (gone.inverse === null) {
    const images = (value: (image: Image) => Json): readonly Image[] => mappers.map((mapper) => ({ id: mapper.id, value: value(mapper) }));
    return [{ ...gone, before: [...gone.before, ...images((image) => image.value)], after: [...gone.after, ...images(() => null)] }];
  }
  const first = mappers.map((mapper): Draft => {
    const raw = rawProviderMapper(context.live, alias, mapper.name) ?? {};
    return {
      id: `delete ${mapper.id}`, covers: [mapper.id], title: `mapper ${mapper.name} of ${alias}`, note: 'removed before its provider',
      request: { method: 'DELETE', path: [...mapperPath(alias), { $id: mapper.id }] }, before: [{ id: mapper.id, value: mapper.value }], after: [{ id: mapper.id, value: null }],
      inverse: { method: 'POST', path: mapperPath(alias), body: mapperBody(raw, alias) }, needs: NEEDS, requires: [],
    };
  });
  return [...first, { ...gone, afterOperations: first.map((draft) => draft.id) }];
}

/** `types` is worked out by the server, and ids are given where they are kept. */
function body(raw: JsonObject): JsonObject {
  const { types: _types, internalId: _id, organizationId: _organization, ...rest } = raw;
  return rest;
}

interface Words {
  readonly note?: string;
  readonly inverseNote?: string;
  readonly losses: readonly string[];
}

function lostWords(alias: string, kept: string | undefined, missing: readonly string[], source: RealmState | undefined): Words {
  const linked = linkedUsers(source, alias);
  const veiled = enabledUnknown(source, objectId('identity-provider', alias));
  return {
    note: [kept === undefined ? 'new id' : 'original id kept', ...(missing.length > 0 ? [`without its ${missing.join(', ')}: no evidence has it`] : [])].join('; '),
    inverseNote: 'Users that were linked to it meanwhile lose the link.',
    losses: [
      ...(veiled ? [`${alias} is made disabled: the evidence was read while its organization was disabled, and does not say whether the provider was too`] : []),
      ...(missing.length > 0 ? [`logins through ${alias} fail until its ${missing.map(words).join(', ')} is set`] : []),
      ...(linked.length > 0 ? [`where ${alias} was deleted by request, ${someOf(linked)} lost the link to it; the next login through it links them again`] : []),
    ],
  };
}

/** @param hidden  the disabled organization that hides whether the provider is enabled */
function changedWords(live: JsonObject | undefined, hidden: string | undefined): Words {
  const secrets = secretKeys(live).map(words);
  const enabled = hidden === undefined ? [] : [`whether it is enabled is sent as the evidence has it, because the server hides that while organization ${hidden} is disabled, and would store that it is not`];
  if (secrets.length === 0) return { ...(enabled.length > 0 ? { note: `only what differs; ${enabled.join()}` } : {}), losses: [] };
  return { note: ['only what differs', `its ${secrets.join(', ')} is sent as the evidence has it, because the server would erase it`, ...enabled].join('; '), inverseNote: `Its ${secrets.join(', ')} stays as the evidence has it: the server never showed the one before.`, losses: [] };
}

function removedWords(alias: string, hidden: string | undefined): Words {
  const disabled = hidden === undefined ? {} : { inverseNote: `It comes back disabled: while organization ${hidden} is disabled the server does not show whether the provider is.` };
  return { note: 'removed with its mappers', ...disabled, losses: [`users that were linked to ${alias} lose the link, and with it that way to log in`] };
}

const words = (key: string): string => (key === 'clientSecret' ? 'client secret' : key);

/** Only a full export knows whose accounts are linked. */
function linkedUsers(source: RealmState | undefined, alias: string): readonly string[] {
  return (source?.representation.users ?? []).flatMap((user) => {
    const links = user['federatedIdentities'];
    return Array.isArray(links) && (links as readonly Json[]).some((link) => isRecord(link) && link['identityProvider'] === alias) ? [user.username ?? ''] : [];
  });
}

function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

function secretKeys(raw: JsonObject | undefined): readonly string[] {
  return Object.entries(isRecord(raw?.['config']) ? raw['config'] : {}).flatMap(([key, value]) => (value === MASK || (value !== '' && isSecretKey(key)) ? [key] : []));
}

function flowsIn(value: Json | undefined): readonly ObjectId[] {
  if (!isRecord(value)) return [];
  return [value['firstBrokerLoginFlowAlias'], value['postBrokerLoginFlowAlias']].flatMap((flow) => (typeof flow === 'string' && !isBuiltinFlow(flow) ? [objectId('flow', flow)] : []));
}

export function restoreProviderMapper(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const alias = partOf(difference.id, 0);
  const [live, evidence] = [rawProviderMapper(context.live, alias, difference.name), rawProviderMapper(context.evidenceOf(difference.id), alias, difference.name)];
  const used = difference.change === 'lost' ? context.usedIds : new Set<string>();
  return restoreRepresentation({
    title: `mapper ${difference.name} of ${alias}`, collection: mapperPath(alias), item: [...mapperPath(alias), { $id: difference.id }],
    needs: NEEDS, requires: [objectId('identity-provider', alias)], live, evidence,
    posted: (raw) => ({ id: idFor(difference.id, textOf(raw['id']), { ...context, usedIds: used }), ...mapperBody(raw, alias) }),
    // Without the id in the body the server answers 500.
    put: (raw) => ({ id: { $id: difference.id }, ...mapperBody(raw, alias) }),
  }, difference, context);
}

function mapperPath(alias: string): RequestTemplate['path'] {
  return ['identity-provider', 'instances', alias, 'mappers'];
}

function mapperBody(raw: JsonObject, alias: string): JsonObject {
  const { name, identityProviderMapper } = raw;
  return { name: name ?? '', identityProviderAlias: alias, identityProviderMapper: identityProviderMapper ?? '', config: raw['config'] ?? {} };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
