/** Whether a box that people tick was ticked, as it stands in the form: `no` and nothing are no agreement. */
export function isAgreed(typed: string | undefined): boolean {
  return typed !== undefined && typed !== '' && typed !== 'no';
}
