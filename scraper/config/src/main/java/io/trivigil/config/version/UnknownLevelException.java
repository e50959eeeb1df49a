package io.trivigil.config.version;

/// The cluster works at a feature level that this build does not know: it must not serve, since it
/// would understand entries in another way than the others.
public final class UnknownLevelException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  UnknownLevelException(int found, int known) {
    super(
        "the cluster works at feature level %d and this build knows levels up to %d:"
                .formatted(found, known)
            + " start this node with the version that the other members run, or a newer one");
  }
}
