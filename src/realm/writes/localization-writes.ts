/** The writes for texts: all that were chosen of one language go out together. */
import type { Json } from '../json.ts';
import { escapePart, objectId, partOf } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import type { Difference, RequestTemplate } from '../model.ts';
import { objectsAt } from '../derived.ts';
import { firstPlaceholder, refusePlaceholder } from './body.ts';

/**
 * The draft stands with the first chosen text of its language and covers all of them. POST merges, and a null in it takes a text
 * away; PUT of one text wants text/plain (tried on 26.7.4). A language that loses its last text goes, as it would stay in the
 * list without any.
 */
export function restoreLocalization(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const locale = partOf(difference.id, 0);
  const wished = context.wanted(difference) ?? null;
  const placeholder = firstPlaceholder(wished);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  const chosen = [...context.chosen.values()].filter(({ kind, id }) => kind === 'localization' && partOf(id, 0) === locale);
  if (chosen[0]?.id !== difference.id) return [];
  const live = (id: Difference['id']): Json => context.live.objects.get(id)?.value ?? null;
  const after = chosen.map((each) => ({ id: each.id, value: context.wanted(each) ?? null }));
  const before = chosen.map(({ id }) => ({ id, value: live(id) }));
  const there = objectsAt(context.live, `localization@${escapePart(locale)}`).map(({ id }) => id);
  const path = ['localization', locale];
  const post = (images: typeof after): RequestTemplate => ({ method: 'POST', path, body: Object.fromEntries(images.map(({ id, value }) => [partOf(id, 1), value])) });
  const cut: RequestTemplate = { method: 'DELETE', path };
  const gone = new Set(after.filter(({ value }) => value === null).map(({ id }) => id));
  const emptied = gone.size === after.length && there.length > 0 && there.every((id) => gone.has(id));
  return [{
    id: `update ${objectId('localization', locale)}`, covers: chosen.map(({ id }) => id), title: `localization texts in ${locale}`, note: chosen.length === 1 ? partOf(difference.id, 1) : `${chosen.length} texts`,
    request: emptied ? cut : post(after), before, after,
    inverse: there.length === 0 ? cut : post(before),
    needs: ['manage-realm'], requires: [],
  }];
}
