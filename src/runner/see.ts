/** Looking at objects on the server: for reading back, before a write and after a crash. */
import type { Json } from '../realm/json.ts';
import { kindOf } from '../realm/kinds/index.ts';
import { parseId } from '../realm/keys.ts';
import type { Image, Look, ObjectId, Picked, RequestTemplate } from '../realm/model.ts';
import type { Keycloak, References } from './ports.ts';

export interface Seen {
  readonly images: readonly Image[];
  /** Server ids of what was found. */
  readonly ids: Record<ObjectId, string>;
  /** What stands there more than once. */
  readonly twins: readonly ObjectId[];
}

/** Looks at some objects; one read for all that stand in the same answer. */
export async function seeObjects(keycloak: Pick<Keycloak, 'look'>, filled: References, ids: readonly ObjectId[]): Promise<Seen> {
  const bodies = new Map<string, ReturnType<Keycloak['look']>>();
  const images: Image[] = [];
  const made: Record<ObjectId, string> = {};
  const twins: ObjectId[] = [];
  // What lies in an object that was only just made is found by the id that the object shows in this very look.
  const known: References = { ...filled, id: (object) => made[object] ?? filled.id(object) };
  const bodyOf = async (request: RequestTemplate): Promise<Json> => {
    // An object below something that has no id yet cannot exist yet.
    if (!resolvable(request, known)) return null;
    const key = JSON.stringify(request);
    const body = bodies.get(key) ?? keycloak.look({ request, pick: (value) => (value === null ? null : { value }) }, known);
    bodies.set(key, body);
    return (await body)?.value ?? null;
  };
  const pickWith = async (look: Look): Promise<Picked | null> => {
    const body = await bodyOf(look.request);
    const more: Json[] = [];
    for (;;) {
      const wanted = look.follow?.([body, ...more]) ?? [];
      if (wanted.length <= more.length) return look.pick(body, more);
      more.push(...(await Promise.all(wanted.slice(more.length).map(bodyOf))));
    }
  };
  for (const id of ids) {
    const look = lookAt(id);
    const picked = (await pickWith(look)) ?? (look.otherwise ? await pickWith(look.otherwise) : null);
    images.push({ id, value: picked?.value ?? null });
    if (picked?.serverId) made[id] = picked.serverId;
    if (picked?.twin) twins.push(id);
  }
  return { images, ids: made, twins };
}

function lookAt(id: ObjectId): Look {
  const kind = kindOf(parseId(id).kind);
  if (!kind) throw new Error(`${id} is of no kind that this tool restores`);
  return kind.look(id);
}

function resolvable(request: RequestTemplate, filled: References): boolean {
  return request.path.every((part) => typeof part === 'string' || ('$id' in part ? filled.id(part.$id) : '$serviceAccount' in part ? filled.id(part.$serviceAccount) : true) !== undefined);
}
