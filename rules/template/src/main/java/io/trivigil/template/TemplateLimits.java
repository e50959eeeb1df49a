package io.trivigil.template;

/// How much one template may do.
///
/// @param maxOutputChars characters that one execution may write
/// @param maxSteps nodes that one execution may visit; bounds every loop
/// @param maxDepth templates calling templates, and blocks inside blocks of the source
public record TemplateLimits(int maxOutputChars, int maxSteps, int maxDepth) {
  /// 4 Mi characters, 2 million steps, 100 deep.
  public static final TemplateLimits DEFAULT = new TemplateLimits(4 << 20, 2_000_000, 100);

  public TemplateLimits {
    if (maxOutputChars < 1 || maxSteps < 1 || maxDepth < 1) {
      throw new IllegalArgumentException(
          "template limits must be positive: output=%d steps=%d depth=%d"
              .formatted(maxOutputChars, maxSteps, maxDepth));
    }
  }
}
