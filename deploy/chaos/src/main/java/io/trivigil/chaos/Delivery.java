package io.trivigil.chaos;

/// One request that a receiver read whole.
///
/// @param receiver which receiver
/// @param id the alarm it speaks of
/// @param firing or resolved
/// @param key the notification's id
/// @param hash of the bytes
/// @param sender address of the node that sent it
/// @param answer what it was told
record Delivery(
    String receiver,
    String id,
    boolean firing,
    String key,
    int hash,
    String sender,
    long atMs,
    Answer answer) {
  /// What a receiver does with a request that it has read.
  enum Answer {
    TAKEN,
    LATE, // taken, and answered after a while
    HUNG, // taken, and never answered
    REFUSED
  }

  boolean taken() {
    return answer != Answer.REFUSED;
  }
}
