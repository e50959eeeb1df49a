package io.trivigil.storage.index;

/// A rolling hash over the members of a partition in their order: two lists with equal length and
/// equal hash are taken to be equal.
public final class MemberHash {
  /// Of no members.
  public static final long EMPTY = 0x243F6A8885A308D3L;

  private MemberHash() {}

  /// The hash with one more member.
  public static long add(long hash, long ref) {
    long mixed = (hash ^ ref) * 0x9E3779B97F4A7C15L;
    return mixed ^ (mixed >>> 29);
  }
}
