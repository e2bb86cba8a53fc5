/** A file that is silent about a whole list stays silent: a list with only the new object would say "and nothing else". */
export const statesNo = (list: string) => `the realm there states no ${list}, so none were added.`;
