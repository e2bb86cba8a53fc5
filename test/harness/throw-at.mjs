/**
 * Loaded into the tool by NODE_OPTIONS=--import: a bug of the worst kind, an error whose message and properties hold the form of the first login. It is thrown from a
 * timer, in a promise that nobody waits for, or (`sync`) where the answer to the login is read: REALM_RESCUE_TEST_THROW says how.
 */
const how = process.env['REALM_RESCUE_TEST_THROW'];
const { toString } = URLSearchParams.prototype;
const { isFinite } = Number;
let bug;
URLSearchParams.prototype.toString = function encode() {
  const text = toString.call(this);
  if (bug !== undefined || !/password=|token=|secret=/.test(text)) return text;
  const values = [...this.values()].join(' and ');
  bug = Object.assign(new TypeError(`cannot encode ${text}, which is ${values} or ${JSON.stringify(values)}`), { form: text, headers: { authorization: `Bearer ${values}` } });
  if (how === 'timer') setTimeout(() => { throw bug; }, 0);
  if (how === 'promise') void Promise.reject(bug);
  return text;
};
// The life of a token in seconds is looked at once its answer is read.
Number.isFinite = (value) => {
  if (how === 'sync' && bug !== undefined && value === 60) throw bug;
  return isFinite(value);
};
