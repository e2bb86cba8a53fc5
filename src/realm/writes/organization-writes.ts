/** The writes for organizations and for the identity providers that are linked to them. */
import { objectsAt, once } from '../derived.ts';
import type { Json, JsonObject } from '../json.ts';
import { escapePart, objectId, parseId, partOf } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { Difference, Image, ObjectId, RequestTemplate } from '../model.ts';
import { withEnabledUnknown } from '../normal/identity-provider.ts';
import { domainList, organizationValue, rawOrganization } from '../normal/organization.ts';
import { organizationLosses } from './membership.ts';
import { restoreRepresentation, type RepresentationHome } from './representation-writes.ts';
import { MAPPED } from './role-writes.ts';

const NEEDS = ['manage-organizations'];
/** Either role alone is refused with 403, and so is manage-realm alone (tried on 26.7.4). */
const LINK_NEEDS = [...NEEDS, 'manage-identity-providers'];
const SWITCH = objectId('realm-setting', 'organizationsEnabled');

export function restoreOrganization(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  if (context.live.representation['organizationsEnabled'] === false && !context.chosen.has(SWITCH)) {
    return { refused: 'organizations are switched off in the live realm; restore that setting of the realm too' };
  }
  if (parseId(difference.id).parts.length > 1) return restoreLink(difference, context);
  return difference.change === 'live-only' ? remove(difference, context) : write(difference, context);
}

function home(difference: Difference, context: PlanContext): RepresentationHome {
  const { id } = difference;
  const alias = partOf(id, 0);
  const evidence = rawOrganization(context.evidenceOf(id), alias);
  const changes = (path: string): boolean => difference.change === 'changed' && difference.fields.some((field) => field.path.startsWith(path));
  return {
    title: `organization ${alias}`, needs: NEEDS, requires: [SWITCH],
    collection: ['organizations'], item: ['organizations', { $id: id }],
    live: rawOrganization(context.live, alias), evidence,
    posted: (raw) => organizationBody(alias, raw, raw['attributes'] !== undefined),
    // Attributes that are left out stay; everything else is cleared, and `enabled` becomes true (tried on 26.7.4).
    put: (raw) => organizationBody(alias, raw, changes('attributes')),
    ...(difference.change === 'lost' ? { losses: organizationLosses(alias, evidence) } : {}),
    inverseNote: difference.change === 'lost' ? 'Who became a member meanwhile is none any more.' : 'It comes back with a new id, without its members and the groups inside it.',
  };
}

/** Without the id, which the server ignores (tried on 26.7.4). The alias always: without it the server takes the name, and refuses. */
function organizationBody(alias: string, raw: JsonObject, withAttributes: boolean): JsonObject {
  const { name, enabled, description, redirectUrl, attributes } = raw;
  const given: [string, Json | undefined][] = [['description', description], ['redirectUrl', redirectUrl], ['attributes', withAttributes ? attributes ?? {} : undefined]];
  return {
    name: name ?? alias, alias, enabled: enabled ?? true, domains: domainList(raw['domains']),
    ...Object.fromEntries(given.flatMap(([field, value]) => (value === undefined ? [] : [[field, value]]))),
  };
}

function write(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const drafts = restoreRepresentation(home(difference, context), difference, context);
  const earlier = freedFirst(difference, context);
  if ('refused' in drafts) return drafts;
  if ('refused' in earlier) return earlier;
  return drafts.map((found) => {
    const draft = { ...found, afterOperations: earlier };
    if (difference.change === 'lost') return { ...draft, after: draft.after.map((image) => ({ ...image, value: asMade(image, difference) })) };
    const [kept, wanted] = [context.live.objects.get(difference.id)?.value, context.wanted(difference)];
    const gone = domainsOf(kept).filter((domain) => !domainsOf(wanted).includes(domain));
    return forgetting(draft, linksOf(difference.id, context).map((link) => partOf(link.id, 2)), gone, context);
  });
}

/**
 * The writes by which other organizations give up the name or a domain that this one shall have: the server refuses it while another
 * has it (tried on 26.7.4: 409 for the name, 400 for a domain). A refusal where one of them keeps it.
 */
function freedFirst(difference: Difference, context: PlanContext): readonly string[] | Refusal {
  const wanted = claimsOf(context.wanted(difference));
  const earlier: string[] = [];
  const all = once(context.live, 'organizations', () => [...context.live.objects.values()].filter((object) => object.kind === 'organization' && object.parent === undefined));
  for (const rival of all) {
    if (rival.id === difference.id) continue;
    const [taken] = claimsOf(rival.value).filter((claim) => wanted.includes(claim));
    if (taken === undefined) continue;
    const answer = context.chosen.get(rival.id);
    const kept = answer === undefined ? [taken] : claimsOf(context.wanted(answer)).filter((claim) => wanted.includes(claim));
    if (answer === undefined || kept.length > 0) return { refused: `organization ${rival.name} has ${kept[0] ?? taken} in the live realm, and two cannot have it` };
    earlier.push(`${answer.change === 'live-only' ? 'delete' : 'update'} ${rival.id}`);
  }
  return earlier;
}

/** What no two organizations can have: the name, and each domain. */
function claimsOf(value: Json | undefined): readonly string[] {
  const name = value !== undefined && isRecord(value) && typeof value['name'] === 'string' ? [`the name ${value['name']}`] : [];
  return [...name, ...domainsOf(value).map((domain) => `the domain ${domain}`)];
}

/** What the server makes of what a file leaves out. */
function asMade({ value }: Image, { id }: Difference): Json {
  return isRecord(value) ? { ...organizationValue({ name: partOf(id, 0), enabled: true }), ...value } : value;
}

/** Links first, each by itself, so that all of it can be taken back. */
function remove(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const alias = partOf(difference.id, 0);
  const raw = rawOrganization(context.live, alias);
  const managed = recordsIn(raw?.['members']).filter((member) => member['membershipType'] === 'MANAGED').length;
  if (managed > 0) return { refused: `${managed === 1 ? 'an account belongs' : `${managed} accounts belong`} to it (managed members), and the server may delete them with it; do it by hand where it is really meant` };
  const links = linksOf(difference.id, context).filter((link) => !context.chosen.has(link.id))
    .flatMap((link) => linkDrafts({ ...difference, id: link.id, name: link.name, fields: [] }, context));
  const losses = [`Whoever is a member of organization ${alias} now is none any more, and the groups inside it go.`];
  const gone = restoreRepresentation({ ...home(difference, context), losses }, difference, context);
  return 'refused' in gone ? gone : [...links, ...gone];
}

function restoreLink(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { id } = difference;
  const elsewhere = difference.change === 'lost' ? holderOf(partOf(id, 2), context) : undefined;
  const freed = [elsewhere, ...(elsewhere === undefined ? [] : [objectId('organization', partOf(elsewhere, 0))])].some((id) => id !== undefined && context.chosen.get(id)?.change === 'live-only');
  if (elsewhere !== undefined && !freed) {
    return { refused: `${partOf(id, 2)} is linked to organization ${partOf(elsewhere, 0)} in the live realm, and an identity provider belongs to one only; answer that link with restore too` };
  }
  return linkDrafts(difference, context, elsewhere);
}

function linkDrafts({ id, change }: Difference, context: PlanContext, elsewhere?: ObjectId): readonly Draft[] {
  const [organization, provider] = [objectId('organization', partOf(id, 0)), partOf(id, 2)];
  const adding = change === 'lost';
  const at: RequestTemplate['path'] = ['organizations', { $id: organization }, 'identity-providers'];
  const post: RequestTemplate = { method: 'POST', path: at, body: provider };
  const cut: RequestTemplate = { method: 'DELETE', path: [...at, provider] };
  const idp = objectId('identity-provider', provider);
  // A change of the provider must not wait for the cut, nor the cut for it; only its creation and its end are bound to this.
  const bound = adding || context.chosen.get(idp)?.change === 'live-only';
  const draft: Draft = {
    id: `${adding ? 'link' : 'unlink'} ${id}`, covers: [id], title: `identity provider ${provider} of organization ${partOf(id, 0)}`, ...(adding ? {} : { note: 'unlinked' }),
    request: adding ? post : cut, before: [{ id, value: adding ? null : MAPPED }], after: [{ id, value: adding ? MAPPED : null }],
    inverse: adding ? cut : post, needs: LINK_NEEDS, requires: [SWITCH, organization, ...(bound ? [idp] : [])],
    ...(elsewhere === undefined ? {} : { afterOperations: [`unlink ${elsewhere}`] }),
    ...(adding && isOrganizationDisabled(organization, context) ? { losses: [`While organization ${partOf(id, 0)} is disabled, linking ${provider} to it stores that ${provider} is disabled too: enable both again by hand when that is meant.`] } : {}),
  };
  return [adding ? draft : forgetting(draft, [provider], undefined, context)];
}

/**
 * An identity provider that is unlinked, or whose domain leaves the organization, silently loses `kc.org.domain` from its settings
 * (tried on 26.7.4). The write says so in its images; nothing in the opposite request would bring it back.
 *
 * @param domains  the domains that go; all of them where it is left out
 */
function forgetting(draft: Draft, providers: readonly string[], domains: readonly string[] | undefined, context: PlanContext): Draft {
  // Cutting a link leaves it as it is stored; taking the domain from an organization that is disabled does not (tried on 26.7.4).
  const off = domains !== undefined && draft.covers.some((id) => isOrganizationDisabled(id, context));
  const found = providers.flatMap((provider): { readonly provider: string; readonly before: Image; readonly after: Image }[] => {
    const id = objectId('identity-provider', provider);
    const value = context.live.objects.get(id)?.value;
    if (value === undefined || !isRecord(value) || !isRecord(value['config']) || context.chosen.has(id)) return [];
    const { 'kc.org.domain': domain, ...config } = value['config'];
    if (typeof domain !== 'string' || (domains !== undefined && !domains.includes(domain))) return [];
    return [{ provider, before: { id, value }, after: { id, value: off ? withEnabledUnknown({ ...value, config }) : { ...value, config } } }];
  });
  if (found.length === 0) return draft;
  const stored = off ? ', and stores that it is disabled' : '';
  const note = `The server takes the e-mail domain (kc.org.domain) out of identity provider ${found.map(({ provider }) => provider).join(', ')} along the way${stored}; set it again in the admin console where that is meant.`;
  return { ...draft, before: [...draft.before, ...found.map(({ before }) => before)], after: [...draft.after, ...found.map(({ after }) => after)], inverse: null, inverseNote: note, losses: [...(draft.losses ?? []), note] };
}

/** Whether the organization is disabled once the plan is through. */
export function isOrganizationDisabled(id: ObjectId, context: PlanContext): boolean {
  const answer = context.chosen.get(id);
  const value = answer === undefined ? context.live.objects.get(id)?.value : context.wanted(answer);
  return isRecord(value) && value['enabled'] === false;
}

function domainsOf(value: Json | undefined): readonly string[] {
  return value !== undefined && isRecord(value) && isRecord(value['domains']) ? Object.keys(value['domains']) : [];
}

function linksOf(id: ObjectId, context: PlanContext) {
  return objectsAt(context.live, `organization@${escapePart(partOf(id, 0))}`).filter((object) => object.parent === id);
}

/** The live link of an identity provider, if any organization has it. */
function holderOf(provider: string, context: PlanContext): ObjectId | undefined {
  return objectsAt(context.live, `organization>${escapePart(provider)}`).find((object) => object.parent !== undefined)?.id;
}
