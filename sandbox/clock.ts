/**
 * The movable clock of the sandbox (docs/adr/0016-one-clock.md). `Date` itself is moved, before anything else is
 * imported, so that libraries which read it follow too. Timers, `performance` and dates made from a value stay as
 * they are; so does what asks the machine by itself, such as an `Intl.DateTimeFormat` without an argument.
 */

const MachineDate = Date;
const machineNow = Date.now.bind(Date);

let offsetMilliseconds = 0;
let installed = false;

/**
 * Moves `Date` of this process by an offset; a second call only changes the offset.
 *
 * @param offsetSeconds - how far the product's clock is ahead of the machine's
 */
export function installClock(offsetSeconds = 0): void {
  setOffset(offsetSeconds);
  if (installed) return;
  installed = true;
  MachineDate.now = () => machineNow() + offsetMilliseconds;
  // A proxy has the prototype of what it stands for: instanceof holds for dates made before and in native code.
  const MovedDate = new Proxy(MachineDate, {
    apply: () => new MovedDate().toString(),
    construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [target.now()] : given, newTarget),
  });
  MachineDate.prototype.constructor = MovedDate;
  globalThis.Date = MovedDate;
}

/** @param seconds - how far the product's clock is ahead of the machine's from now on */
export function setOffset(seconds: number): void {
  offsetMilliseconds = seconds * 1000;
}

/** Seconds by which the product's clock is ahead of the machine's. */
export function clockOffset(): number {
  return offsetMilliseconds / 1000;
}
