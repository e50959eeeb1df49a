package io.trivigil.alertmanager.dispatch;

/// Whom a receiver is told of.
public enum Telling {
  /// All that passes, as upstream: first notifications, changes, ends, repetitions.
  ALL,

  /// Firing alerts alone that the notification log does not have for this destination: what a node
  /// may say on its own while there is no quorum. Nothing is repeated, and no end is told.
  ///
  /// An attempt's id is made from what it says, so that two nodes that say the same use one id.
  UNTOLD
}
