/** Which claims the tokens of a client carry in a given state, and which objects each of them rests on. */
import type { Json, JsonObject } from '../json.ts';
import { escapePart, objectId, parseId, roleId, roleOfParts, scopeMappingId, holderPart, type RoleRef } from '../keys.ts';
import type { ClaimExpectation, ObjectId, RealmObject, RealmState } from '../model.ts';
import { asMapperValue, configText, type MapperValue } from '../normal/mapper.ts';
import { objectsAt, once } from '../derived.ts';
import { accountPasses, gateOf } from './gates.ts';
import { CLIENT_ROLE_MAPPER, claimOfMapper, clientRolesClaim, ORGANIZATION_MAPPER, REALM_ROLE_MAPPER, tokensOf, type Need } from './mapper-claims.ts';

/** A claim together with everything it rests on. */
export interface SupportedClaim {
  readonly claim: Omit<ClaimExpectation, 'because'>;
  readonly support: readonly ObjectId[];
}

interface AppliedMapper {
  readonly name: string;
  readonly value: MapperValue;
  readonly support: readonly ObjectId[];
  /** The optional scope that must be asked for. */
  readonly scope?: string;
  /** See gates.ts. */
  readonly gate?: readonly string[];
}

export function claimsOfClient(client: string, state: RealmState): readonly SupportedClaim[] {
  return once(state, `claims of ${client}`, () => workOut(client, state));
}

function workOut(client: string, state: RealmState): readonly SupportedClaim[] {
  const clientId = objectId('client', client);
  const scopes = linkedScopes(client, state);
  const own = mappersOf(objectsAt(state, `client-mapper@${escapePart(client)}`), [clientId]);
  const mappers = [...own, ...scopes.flatMap((scope) => mappersOf(objectsAt(state, `client-scope-mapper@${escapePart(scope.name)}`), scope.support, scope))];
  const lightweight = settingOf(client, 'attributes/client.use.lightweight.access.token.enabled', state) === 'true';
  return [
    ...mappers.flatMap((mapper) => mapperClaim(client, mapper, lightweight, state)),
    ...scopes.filter((scope) => scope.inToken).map((scope) => scopeClaim(client, scope)),
    ...roleClaims(client, mappers, lightweight, state),
  ];
}

/** The clients whose tokens an object of a client scope can reach: those that link the scope. */
export function clientsLinking(scope: string, state: RealmState): readonly string[] {
  return objectsAt(state, `client-scope-link>${escapePart(scope)}`).map((link) => link.owner);
}

interface LinkedScope {
  readonly name: string;
  readonly support: readonly ObjectId[];
  readonly scope?: string;
  readonly gate?: readonly string[];
  readonly inToken: boolean;
  /** The scope applies only to members of an organization, whatever was asked for (tried on 26.7.4). */
  readonly forMembers: boolean;
}

function linkedScopes(client: string, state: RealmState): readonly LinkedScope[] {
  return objectsAt(state, `client-scope-link@${escapePart(client)}`).flatMap((link) => {
    const name = parseId(link.id).parts[1] ?? '';
    const scope = state.objects.get(objectId('client-scope', name));
    if (scope === undefined) return [];
    const gate = gateOf(name, state);
    return [{
      name,
      support: [scope.id, link.id, objectId('client', client)],
      ...(field(link.value, 'type') === 'optional' ? { scope: name } : {}),
      ...(gate === undefined ? {} : { gate }),
      inToken: field(scope.value, 'protocol') === 'openid-connect' && field(field(scope.value, 'attributes'), 'include.in.token.scope') !== 'false',
      forMembers: objectsAt(state, `client-scope-mapper@${escapePart(name)}`).some((mapper) => asMapperValue(mapper.value)?.provider === ORGANIZATION_MAPPER),
    }];
  });
}

function mappersOf(objects: readonly RealmObject[], support: readonly ObjectId[], scope?: LinkedScope): readonly AppliedMapper[] {
  return objects.flatMap((object) => {
    const value = asMapperValue(object.value);
    if (value === null) return [];
    return [{
      name: object.name, value, support: [object.id, ...support],
      ...(scope?.scope === undefined ? {} : { scope: scope.scope }),
      ...(scope?.gate === undefined ? {} : { gate: scope.gate }),
    }];
  });
}

function mapperClaim(client: string, mapper: AppliedMapper, lightweightTokens: boolean, state: RealmState): readonly SupportedClaim[] {
  const found = claimOfMapper(mapper.value);
  if (found === null || (found.needs === 'service-account' && !accountPasses(client, mapper.gate, state))) return [];
  const { lightweight, ...claim } = found;
  return [{
    claim: { client, ...claim, ...throughGate(claim, mapper.gate), ...(mapper.scope === undefined ? {} : { scope: mapper.scope }), mapper: mapper.name, inLightweight: !lightweightTokens || lightweight },
    support: mapper.support,
  }];
}

function scopeClaim(client: string, scope: LinkedScope): SupportedClaim {
  const need = throughGate({ needs: scope.forMembers ? 'real-login' : 'nothing' }, scope.gate);
  return {
    // A lightweight access token carries `scope` like any other (tried on 26.7.4).
    claim: { client, claim: 'scope', member: scope.name, tokens: ['access'], ...(scope.scope === undefined ? {} : { scope: scope.scope }), ...need, inLightweight: true },
    support: scope.support,
  };
}

/** What somebody must have for a claim that is made by a client scope with such a gate. Whether a service account passes is known here. */
function throughGate({ needs }: Need, gate: readonly string[] | undefined): Pick<ClaimExpectation, 'needs' | 'gate'> {
  return gate === undefined || needs === 'service-account' ? { needs } : { needs: needs === 'nothing' ? 'role' : needs, gate };
}

/**
 * Roles reach a token through a role mapper, and only those that are in the client's scope: all of them where
 * `fullScopeAllowed` is on (the server's default), else the ones with a scope mapping.
 */
function roleClaims(client: string, mappers: readonly AppliedMapper[], lightweightTokens: boolean, state: RealmState): readonly SupportedClaim[] {
  const full = settingOf(client, 'fullScopeAllowed', state) !== false;
  const emit = (ref: RoleRef, need: Need, rests: readonly ObjectId[]): readonly SupportedClaim[] => {
    const able = mappers.filter((mapper) => emits(mapper.value, ref) && (need.needs !== 'service-account' || accountPasses(client, mapper.gate, state)));
    const emitter = able.find((mapper) => mapper.gate === undefined) ?? able[0];
    if (emitter === undefined) return [];
    const claim = ref.client === null ? configText(emitter.value, 'claim.name') : clientRolesClaim(configText(emitter.value, 'claim.name'), ref.client);
    const tokens = tokensOf(emitter.value);
    const inLightweight = !lightweightTokens || configText(emitter.value, 'lightweight.claim') === 'true';
    return tokens.length === 0 ? [] : [{ claim: { client, claim, member: ref.role, tokens, ...need, ...throughGate(need, emitter.gate), ...(emitter.scope === undefined ? {} : { scope: emitter.scope }), mapper: emitter.name, inLightweight }, support: [...rests, roleId(ref), ...emitter.support] }];
  };
  const granted = objectsAt(state, `service-account-role@${escapePart(client)}`).flatMap((object) => {
    const ref = roleOfParts(parseId(object.id).parts.slice(1));
    const scope = scopeMappingId({ client }, ref);
    if (!full && !state.objects.has(scope)) return [];
    return emit(ref, { needs: 'service-account' }, full ? [object.id] : [object.id, scope]);
  });
  if (full) return granted;
  const inScope = objectsAt(state, `scope-mapping@${holderPart({ client })}`).flatMap((object) => {
    const ref = roleOfParts(parseId(object.id).parts.slice(1));
    return emit(ref, { needs: 'role', needed: roleName(object) }, [object.id]);
  });
  return [...granted, ...inScope];
}

function emits(mapper: MapperValue, ref: RoleRef): boolean {
  if (ref.client === null) return mapper.provider === REALM_ROLE_MAPPER;
  const only = configText(mapper, 'usermodel.clientRoleMapping.clientId');
  return mapper.provider === CLIENT_ROLE_MAPPER && (only === '' || only === ref.client);
}

/** `role` or `client/role`, as the person knows it. */
function roleName(mapping: RealmObject): string {
  return parseId(mapping.id).parts.slice(1).join('/');
}

/** The value of a setting; undefined when the state does not say. */
function settingOf(client: string, setting: string, state: RealmState): Json | undefined {
  const [name = '', key] = setting.split('/');
  return state.objects.get(key === undefined ? objectId('client-setting', client, name) : objectId('client-setting', client, name, key))?.value;
}

function field(value: Json | undefined, key: string): Json | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject)[key] : undefined;
}
