import type { RefusalCode } from '../domain/refused.ts';

/**
 * What a pug template gets: `page` (the same for every page) and `model` (made by the step). No logic
 * in templates beyond if and each; texts come from word files through `page.t`.
 */

export type Locale = 'zh-CN' | 'en';
export const locales: readonly Locale[] = ['zh-CN', 'en'];

/** Desktop or H5, the phone variant (surface.md, Pages). */
export type Channel = 'desktop' | 'h5';

export interface Link {
  readonly href: string;
  readonly label: string;
}

export interface PageModel {
  readonly locale: Locale;
  readonly channel: Channel;
  /** 长者模式: larger text and targets. */
  readonly elder: boolean;
  /** Text of a key with placeholders filled; a missing key fails the request in development and tests. */
  readonly t: (key: string, params?: Readonly<Record<string, string | number>>) => string;
  /** Of the Content-Security-Policy; every script element carries it. */
  readonly nonce: string;
  /** Shown in the footer so that the hotline can find the log lines. */
  readonly requestId: string;
  readonly brand: BrandModel;
  readonly links: {
    readonly home: string;
    readonly login: string;
    readonly register: string;
    readonly account: string;
    readonly logout: string;
    readonly help: string;
    readonly agreement: string;
    readonly privacy: string;
    readonly accessibility: string;
    readonly styles: string;
    readonly script: string;
    /** Worker that solves the proof of work of a captcha. */
    readonly proofOfWork: string;
    /** Script of pages that ask for a passkey. */
    readonly passkey: string;
    /** Script of pages on which another device is waited for. */
    readonly handover: string;
    /** Script of self-submitting pages. */
    readonly continue: string;
    readonly icon: string;
    /** POST target of the language and elder-mode switches (one form each, `return` = this page's path). */
    readonly preferences: string;
  };
  /** Path and query to come back to after a preference switch. */
  readonly self: string;
  /**
   * Questions of the help centre that arise at a place of a page or from a refusal; none where the city does not
   * show them. `hrefAndBack` leads back to this page.
   */
  readonly answers: (place: string) => readonly (Link & { readonly hrefAndBack: string })[];
  readonly locales: readonly { readonly locale: Locale; readonly label: string; readonly current: boolean }[];
  /** The person signed in, masked; absent when nobody is. */
  readonly user: { readonly name: string } | undefined;
  /** The service that waits for the person, where there is one; `href` leads back to it. */
  readonly service: { readonly name: string; readonly href: string | undefined } | undefined;
  /** Hidden anti-forgery value for forms that are not wizard steps. */
  readonly csrf: string;
  readonly sandbox: boolean;
}

export interface BrandModel {
  readonly platform: string;
  readonly city: string;
  readonly palette: string;
  readonly hotline: string;
  readonly organiser: string;
  readonly icp: string;
  readonly publicSecurity: string;
  readonly siteCode: string;
  readonly portal: Link;
  readonly agreementTitle: string;
  readonly privacyTitle: string;
}

/** One refusal, as the page says it. */
export interface ProblemModel {
  readonly code: RefusalCode;
  /** Of the text: the code, with the reason where that has a text of its own. */
  readonly exact: string;
  readonly field: string | undefined;
  readonly text: string;
}

export interface FieldModel {
  /** Form name, fixed in surface.md. */
  readonly name: string;
  /** Steps of domain/folding.ts by which it is read, as JSON, where the script of the page looks at it. */
  readonly fold: string | undefined;
  /** What the folded value looks like, where the page may say so by itself. */
  readonly pattern: string | undefined;
  /** What was typed; always empty for passwords. */
  readonly value: string;
  readonly problem: ProblemModel | undefined;
}

export interface FormModel {
  /** Where it posts to. */
  readonly action: string;
  /** Hidden `_form`: signed, bound to browser, page, revision of the draft and whoever is signed in. */
  readonly token: string;
  readonly fields: Readonly<Record<string, FieldModel>>;
  /** Everything wrong, in the order of the fields; shown as a summary with `role="alert"`. */
  readonly problems: readonly ProblemModel[];
  /** Present when the page asks for a captcha now. */
  readonly captcha: CaptchaModel | undefined;
  /** Present when the page has a one-time code. */
  readonly code: CodeModel | undefined;
}

/** A button that posts, for acts without fields. */
export type ActModel = Pick<FormModel, 'action' | 'token' | 'problems'>;

export interface CaptchaModel {
  readonly id: string;
  /** What was typed; empty for a fresh challenge, likewise the proof of work. */
  readonly answer: string;
  readonly proof: string;
  /** Address of the picture (SVG); `data-captcha-id` carries the id. */
  readonly image: string;
  /** Address that gives another one: a link without scripts, JSON `{ id, image }` with them. */
  readonly refresh: string;
  readonly length: number;
  /** No letters: phones show their numeric keyboard. */
  readonly digits: boolean;
  /** Proof of work in place of the picture (UXP-04): hex digits that SHA-256(`seed:counter`) must begin with as zero bits. */
  readonly puzzle: { readonly seed: string; readonly bits: number };
}

export interface CodeModel {
  /** `formaction` of `#send-code`. */
  readonly sendAction: string;
  /** Seconds until another code may be asked for; 0: now. */
  readonly cooldownSeconds: number;
  /** A code was sent (or pretended to be) and may be typed. */
  readonly sent: boolean;
  /** Where to, masked: `138****0001`, spoken as "mobile ending in 0001". */
  readonly to: MaskedModel | undefined;
}

/** A masked value with a text alternative that reads sensibly (UXP-03). */
export interface MaskedModel {
  readonly text: string;
  readonly spoken: string;
}

export interface ProgressModel {
  readonly steps: readonly { readonly label: string; readonly state: 'done' | 'current' | 'ahead' }[];
}

/** A QR code as one path of an SVG. */
export interface QrModel {
  /** Of both sides, in modules. */
  readonly size: number;
  readonly path: string;
}
