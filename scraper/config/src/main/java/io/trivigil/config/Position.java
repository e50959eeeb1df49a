package io.trivigil.config;

/// A place in a file.
///
/// @param file the file as the user named it
/// @param line from 1; 0 where only the file is known
/// @param column from 1
public record Position(String file, int line, int column) {
  /// The file as a whole.
  public static Position of(String file) {
    return new Position(file, 0, 0);
  }

  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line + ":" + column;
  }
}
