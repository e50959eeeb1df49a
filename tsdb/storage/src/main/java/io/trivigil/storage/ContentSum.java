package io.trivigil.storage;

import io.trivigil.model.codec.MalformedBytesException;

/// A checksum over the decoded content of a store at one entry: equal on all nodes at an equal
/// index, however their files came about.
///
/// @param samples over all series, their labels and samples, the cut-off and the last reference
/// @param state over the machines' sections, by name
public record ContentSum(long samples, long state) {

  /// Two numbers of 16 hexadecimal digits with a hyphen between.
  public String text() {
    return "%016x-%016x".formatted(samples, state);
  }

  /// Reads what [#text] wrote.
  ///
  /// @throws MalformedBytesException if it is no such text
  public static ContentSum parse(String text) {
    try {
      int hyphen = text.indexOf('-');
      return new ContentSum(
          Long.parseUnsignedLong(text.substring(0, Math.max(0, hyphen)), 16),
          Long.parseUnsignedLong(text.substring(hyphen + 1), 16));
    } catch (NumberFormatException e) {
      throw new MalformedBytesException("content checksum not understood: " + text);
    }
  }
}
