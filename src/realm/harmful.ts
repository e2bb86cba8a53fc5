/**
 * Which characters of a text from outside may not reach a reader as they are. One definition for screens, which put a mark in their place,
 * and for JSON, YAML and patches, which write them as escapes. Pure.
 */

/** Scripts in which a joiner changes how a word is written; in all others it only makes two names look alike. */
const JOINING = 'Arabic Syriac Mongolian Nko Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Khmer Myanmar Tibetan'.split(' ').map((script) => String.raw`\p{Script=${script}}`).join('');
const EMOJI = String.raw`\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F`;
/** A joiner inside of a word of those or of an emoji, and the sign that asks for an emoji in colour or in text. */
const JOINER = String.raw`(?:(?<=[${JOINING}])[\u200C\u200D](?=[${JOINING}])|(?<=[${EMOJI}])\u200D(?=\p{Extended_Pictographic})|(?<=\p{Emoji})[\uFE0E\uFE0F])`;
/** Format (bidi marks, zero width, tags), lone surrogates, line and paragraph separators, and what fonts draw as nothing. */
const UNSEEN = String.raw`\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}`;

/** One or more controls, or characters that hide, reorder or break; the replacement mark beside them belongs to the run. */
export const HARMFUL_RUN = new RegExp(String.raw`(?:(?!${JOINER})[\p{Cc}${UNSEEN}\uFFFD])+`, 'gv');
/** The same one by one, without the controls that JSON escapes by itself and lays out by. */
const HARMFUL_IN_JSON = new RegExp(String.raw`(?!${JOINER})[\u007F-\u009F${UNSEEN}]`, 'gv');

/** True where `escaped` would change something. */
export function hasHarmful(json: string): boolean {
  return json.search(HARMFUL_IN_JSON) >= 0;
}

/**
 * JSON text in which nothing is left that a terminal may obey or a reader be misled by; as JSON it means the same.
 *
 * @param wide  how a character beyond U+FFFF is written: JSON wants two halves, YAML one `\U`
 */
export function printable(json: string, wide: 'halves' | 'whole' = 'halves'): string {
  return json.replace(HARMFUL_IN_JSON, (character) => {
    const point = character.codePointAt(0) ?? 0;
    if (wide === 'whole' && point > 0xffff) return `\\U${point.toString(16).padStart(8, '0')}`;
    return character.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  });
}
