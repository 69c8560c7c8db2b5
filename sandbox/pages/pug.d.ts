/** The one function of pug that the sandbox uses; the package has no types of its own. */
declare module 'pug' {
  export function compileFile(file: string): (locals: object) => string;
}
