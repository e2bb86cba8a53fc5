import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import type { Line, Token } from '../view/line.ts';

interface Look {
  readonly color?: string;
  readonly bold?: boolean;
  readonly dimColor?: boolean;
}

/** Sixteen ANSI names at most: the theme of the terminal does the rest. Dim may vanish on light themes, so only decoration is muted. */
const LOOK: Readonly<Record<Token, Look>> = {
  plain: {}, ok: { color: 'green' }, warn: { color: 'yellow' }, danger: { color: 'red', bold: true }, muted: { dimColor: true },
  added: { color: 'green' }, removed: { color: 'yellow' }, focus: { color: 'cyan', bold: true }, strong: { bold: true },
};

/** Draws lines below one another. An empty line keeps its row. */
export function Lines({ lines, color }: { readonly lines: readonly Line[]; readonly color: boolean }): ReactNode {
  return (
    <Box flexDirection="column">
      {lines.map((of, row) => (
        <Text key={row} wrap="truncate">
          {of.length === 0 ? ' ' : of.map((part, index) => <Text key={index} {...(color ? LOOK[part.token] : {})}>{part.text}</Text>)}
        </Text>
      ))}
    </Box>
  );
}
