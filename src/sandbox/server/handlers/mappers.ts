import { freshData } from '../data/fresh.ts';
import { described, errorMessage, notFound, unknownError } from '../refusal.ts';
import { created, done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { buildMapper } from '../state/build.ts';
import { holderOf, mapperOf } from '../state/find.ts';
import { object, objects, stringMap, text } from '../state/json.ts';
import { mapperEffective } from '../state/represent.ts';
import type { MapperRow } from '../state/model.ts';

const known = (mapper: MapperRow): boolean => (freshData.mapperProviders[mapper.protocol] ?? []).includes(mapper.protocolMapper);

function create(request: Request): Answer {
  const holder = holderOf(request);
  const mapper = buildMapper(object(request.body));
  if (!known(mapper)) throw notFound('ProtocolMapper provider not found');
  const same = (row: MapperRow): boolean => (row.protocol === mapper.protocol && row.name === mapper.name) || row.id === mapper.id;
  if (holder.mappers.some(same)) throw errorMessage(409, 'Protocol mapper exists with same name');
  const { clients, scopes } = request.realm;
  if ([...clients, ...scopes].some(({ mappers }) => mappers.some(({ id }) => id === mapper.id))) throw described(409, 'conflict', 'Duplicate resource error');
  if (mapper.id.length > 36) throw unknownError();
  holder.mappers.push(mapper);
  return created(mapper.id);
}

/** All or nothing: one name that is taken refuses the whole list (facts, section 3). */
function addModels(request: Request): Answer {
  const holder = holderOf(request);
  const all = [...holder.mappers];
  for (const mapper of objects(request.body).map(buildMapper)) {
    if (!known(mapper)) throw notFound('ProtocolMapper provider not found');
    if (all.some((row) => row.protocol === mapper.protocol && row.name === mapper.name)) throw described(409, 'conflict', 'Protocol mapper name must be unique per protocol');
    all.push(mapper);
  }
  holder.mappers = all;
  return { ...done, events: [{ operation: 'CREATE' }] };
}

/** The trap: the mapper that is changed is the one whose id stands in the body, whatever the path says. Name and protocol stay. */
function update(request: Request): Answer {
  mapperOf(request);
  const body = object(request.body);
  const target = holderOf(request).mappers.find((mapper) => mapper.id === body['id']);
  if (target === undefined) throw unknownError();
  target.protocolMapper = text(body['protocolMapper']) ?? target.protocolMapper;
  target.config = stringMap(body['config']);
  return done;
}

function remove(request: Request): Answer {
  const mapper = mapperOf(request);
  const holder = holderOf(request);
  holder.mappers = holder.mappers.filter((row) => row !== mapper);
  return done;
}

const listAll = (request: Request): Answer => ok(holderOf(request).mappers.map((mapper) => mapperEffective(request.realm, mapper)));
const listProtocol = (request: Request): Answer =>
  ok(holderOf(request).mappers.filter((mapper) => mapper.protocol === request.params['protocol']).map((mapper) => mapperEffective(request.realm, mapper)));

const EVENT = { event: 'PROTOCOL_MAPPER' };

/** The same resource hangs on clients and on client scopes. */
export const MAPPER_ROUTES: readonly Route[] = ['/clients/{client}', '/client-scopes/{scope}'].flatMap((owner) => [
  route(`GET ${owner}/protocol-mappers/models`, 'view-clients', listAll),
  route(`POST ${owner}/protocol-mappers/models`, 'manage-clients', create, EVENT),
  route(`POST ${owner}/protocol-mappers/add-models`, 'manage-clients', addModels, EVENT),
  route(`GET ${owner}/protocol-mappers/protocol/{protocol}`, 'view-clients', listProtocol),
  route(`GET ${owner}/protocol-mappers/models/{mapper}`, 'view-clients', (request) => ok(mapperEffective(request.realm, mapperOf(request)))),
  route(`PUT ${owner}/protocol-mappers/models/{mapper}`, 'manage-clients', update, EVENT),
  route(`DELETE ${owner}/protocol-mappers/models/{mapper}`, 'manage-clients', remove, EVENT),
]);
