package io.trivigil.node;

import io.trivigil.storage.FixedContent;

/// What travels through the log and changes no state: nodes tell each other things in passing, and
/// are asked to fix their content at one entry. A node that does not listen, or was not there,
/// misses nothing that it must know. Called by the log's thread; every method must return at once.
interface Hearsay {
  Hearsay NOBODY =
      new Hearsay() {
        @Override
        public void told(String node, String what, String text, long logTimeMs) {}

        @Override
        public boolean wantsContent(long logTimeMs) {
          return false;
        }

        @Override
        public void content(FixedContent content) {
          content.close();
        }
      };

  /// A node said something of itself.
  void told(String node, String what, String text, long logTimeMs);

  /// An entry asks every node for its checksum; is it fresh enough to be answered?
  boolean wantsContent(long logTimeMs);

  /// The content at that entry; whoever takes it closes it.
  void content(FixedContent content);
}
