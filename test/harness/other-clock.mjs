// Loaded with --import: the clock of this machine is wrong by REALM_RESCUE_TEST_SKEW milliseconds.
const skew = Number(process.env.REALM_RESCUE_TEST_SKEW);
const { now } = Date;
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...given) {
    super(...(given.length === 0 ? [now() + skew] : given));
  }

  static now() {
    return now() + skew;
  }
};
