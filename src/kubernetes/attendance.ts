/** Who sits at the terminal while a login plugin runs: a function, because a screen takes the terminal in the middle of a run. */
export type Attendance = () => {
  /** `terminal`: a plugin may have standard input; `screen`: it is drawn on, and nobody else may read or write there; `none`: nobody can be asked. */
  readonly stdin: 'terminal' | 'screen' | 'none';
  /** One line for the person who waits. */
  readonly say: (text: string) => void;
};

export const NOBODY: Attendance = () => ({ stdin: 'none', say: () => undefined });
