/** What cannot be said to the server: known before anything is sent, so that the rest of a plan does not wait for it. Pure. */
import type { Json } from './json.ts';
import { kindOf } from './kinds/index.ts';
import type { Draft } from './kind.ts';
import type { Template } from './model.ts';
import { parseId } from './keys.ts';

/**
 * Why a write cannot be sent or seen afterwards; undefined where it can. A URL resolves `.` and `..` away and has no empty part; Keycloak 26.7.4
 * answers 500 to U+0000 (but for localization texts, which it takes) and stores half a surrogate pair as `?` (tried).
 */
export function unsendable({ covers, request, inverse }: Draft): string | undefined {
  const looks = covers.flatMap((id) => kindOf(parseId(id).kind)?.look(id).request ?? []);
  const requests = [request, ...(inverse === null ? [] : [inverse]), ...looks];
  const named = requests.flatMap(({ path }) => path.filter((part) => typeof part === 'string'));
  const lost = named.find((part) => part === '' || part === '.' || part === '..');
  if (lost !== undefined) return `no address of the Admin API can carry the name "${lost}"`;
  const texts = [...named, ...requests.flatMap(({ query }) => Object.values(query ?? {}).map(String)), ...textsOf(request.body ?? null)];
  if (texts.some((text) => !text.isWellFormed())) return 'it holds half a character (a lone surrogate), which the server stores as a question mark';
  const localized = covers.every((id) => parseId(id).kind === 'localization');
  return !localized && texts.some((text) => text.includes('\0')) ? 'it holds the character U+0000, which the server cannot store' : undefined;
}

/** All texts of a body, names of fields among them. */
function textsOf(value: Template | Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsOf(inner as Template)]);
}
