import { isList, isObject, withAppended, withElement, withField } from '../splice/origin.ts';
import type { Json, JsonObject } from '../../realm/json.ts';
import type { FileStep as Step } from '../../realm/file-place.ts';
import type { Origins } from '../splice/origin.ts';

const holds = (element: Json, key: Readonly<Record<string, string>>) => isObject(element) && Object.entries(key).every(([name, value]) => element[name] === value);

/** What stands at a place, or undefined. */
export function readAt(value: Json | undefined, steps: readonly Step[]): Json | undefined {
  let at = value;
  for (const step of steps) {
    if (typeof step === 'string') at = isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
    else at = isList(at) ? at.find((element) => holds(element, step)) : undefined;
  }
  return at;
}

/**
 * The value with what stands at a place replaced, added (where nothing stood) or taken away (undefined).
 * Fields and lists on the way are made where they are missing; an element on the way that is missing is not:
 * then the value comes back as it was.
 */
export function writeAt(value: Json, steps: readonly Step[], target: Json | undefined, origins: Origins): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return target ?? value;
  if (typeof step === 'string') {
    if (!isObject(value)) return value;
    // To Keycloak null is absent.
    const inner = rest.length === 0 ? target : inside(value[step] ?? undefined, rest, target, origins);
    return inner === undefined && rest.length > 0 ? value : withField(value, step, inner, origins);
  }
  if (!isList(value)) return value;
  const index = value.findIndex((element) => holds(element, step));
  const element = value[index];
  if (element === undefined) return rest.length === 0 && target !== undefined ? withAppended(value, target, origins) : value;
  const inner = rest.length === 0 ? target : writeAt(element, rest, target, origins);
  return inner === element ? value : withElement(value, index, inner, origins);
}

function inside(value: Json | undefined, rest: readonly Step[], target: Json | undefined, origins: Origins): Json | undefined {
  if (value !== undefined) return writeAt(value, rest, target, origins);
  if (target === undefined) return undefined;
  const made: Json = typeof rest[0] === 'string' ? {} : [];
  const written = writeAt(made, rest, target, origins);
  return written === made ? undefined : written;
}

/** The value with a text in, or out of, the list of texts at a place. */
export function writeMember(value: JsonObject, steps: readonly Step[], member: string, present: boolean, origins: Origins): JsonObject {
  const list = readAt(value, steps);
  const texts = isList(list) ? list : [];
  const index = texts.indexOf(member);
  if (present === index >= 0) return value;
  const target = present ? withAppended(texts, member, origins) : withElement(texts, index, undefined, origins);
  return writeAt(value, steps, target, origins) as JsonObject;
}
