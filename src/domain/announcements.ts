/**
 * Tells every process that something changed which somebody may be waiting for. What it is now has to be read: an
 * announcement may come late or, while a store is away, not at all.
 */
export interface Announcements {
  announce(topic: string): Promise<void>;
  /**
   * @param listener - undefined: announcements may have been missed
   * @returns ends it
   */
  listen(listener: (topic: string | undefined) => void): () => void;
}
