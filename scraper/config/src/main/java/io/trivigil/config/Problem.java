package io.trivigil.config;

/// One thing that is wrong in a file, and where.
public record Problem(Position position, String message) {
  @Override
  public String toString() {
    return position + ": " + message;
  }
}
