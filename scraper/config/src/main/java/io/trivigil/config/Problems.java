package io.trivigil.config;

import java.util.ArrayList;
import java.util.List;

/// Collects what is wrong, so that the user sees all of it at once. Belongs to one thread.
public final class Problems {
  /// How many are kept; more are counted only.
  public static final int LIMIT = 100;

  private final List<Problem> errors = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();
  private int more;

  public void add(Position position, String message) {
    if (errors.size() < LIMIT) {
      errors.add(new Problem(position, message));
    } else {
      more++;
    }
  }

  /// Something that loads all the same, but should be seen.
  public void warn(Position position, String message) {
    if (warnings.size() < LIMIT) {
      warnings.add(new Problem(position, message));
    }
  }

  public boolean isEmpty() {
    return errors.isEmpty();
  }

  public List<Problem> errors() {
    return List.copyOf(errors);
  }

  public List<Problem> warnings() {
    return List.copyOf(warnings);
  }

  /// Throws if anything was wrong.
  public void throwIfAny() throws ConfigException {
    if (!errors.isEmpty()) {
      throw new ConfigException(errors, more);
    }
  }
}
