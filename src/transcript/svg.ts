import { screenAt, readCast, type Run } from './screen.ts';

/** Pixels. */
const CELL = { width: 8.4, height: 18 };
const MARGIN = { x: 16, top: 40, bottom: 16 };
const FONT = 'ui-monospace, SFMono-Regular, Menlo, Consolas, \'Liberation Mono\', monospace';

const BACKGROUND = '#16181d';
const BAR = '#24272e';
/** Fill and weight by SGR parameters; chosen to be told apart by people who see fewer colours. */
const STYLE: Readonly<Record<string, string>> = {
  '0': 'fill="#d5d8de"',
  '1': 'fill="#ffffff" font-weight="bold"',
  '90': 'fill="#8b919c"',
  '31': 'fill="#ff7b72" font-weight="bold"',
  '32': 'fill="#56d364"',
  '33': 'fill="#e3b341"',
  '36': 'fill="#6cb6ff"',
};

/**
 * A screen of a recording as a picture: plain rectangles and text, no script, no font or image from elsewhere.
 *
 * @param cast what transcriptCast made
 * @param at   'end', or the text of a marker or its beginning: the screen when that chapter is over
 * @returns    SVG; the same recording gives the same bytes
 * @throws     Error when there is no such marker
 */
export function castToSvg(cast: string, at: string = 'end'): string {
  const recorded = readCast(cast);
  const screen = screenAt(recorded, at);
  const width = Math.round(recorded.columns * CELL.width + 2 * MARGIN.x);
  const height = MARGIN.top + recorded.rows * CELL.height + MARGIN.bottom;
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map((fill, index) => `<circle cx="${18 + index * 18}" cy="14" r="5" fill="${fill}"/>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(recorded.title)}">`,
    `<title>${escape(recorded.title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>`,
    `<path d="M0 28V8a8 8 0 0 1 8-8H${width - 8}a8 8 0 0 1 8 8v20z" fill="${BAR}"/>`,
    ...dots,
    `<text x="${width / 2}" y="18" text-anchor="middle" font-family="${FONT}" font-size="12" fill="#8b919c">${escape(recorded.title)}</text>`,
    `<g font-family="${FONT}" font-size="14" xml:space="preserve">`,
    ...screen.flatMap((runs, row) => runs.filter((run) => run.text.trim() !== '').map((run) => textOf(run, row))),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** The length of each run is given, so that columns stay columns in whatever monospaced font the reader has. */
function textOf(run: Run, row: number): string {
  const lead = run.text.length - run.text.trimStart().length;
  const text = run.text.trim();
  const cells = run.width - lead - (run.text.length - run.text.trimEnd().length);
  const x = round(MARGIN.x + (run.column + lead) * CELL.width);
  const y = MARGIN.top + row * CELL.height + 14;
  return `<text x="${x}" y="${y}" textLength="${round(cells * CELL.width)}" lengthAdjust="spacingAndGlyphs" ${STYLE[run.style] ?? STYLE['0']}>${escape(text)}</text>`;
}

const round = (n: number) => Math.round(n * 100) / 100;

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
