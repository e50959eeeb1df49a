package io.trivigil.config.version;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;

/// Something that happened to the cluster, for people to read.
///
/// @param atMs log time, epoch ms
/// @param nodeId the node that it is about, empty if about all
/// @param kind what happened
/// @param detail a few words more: an author, a number, a problem
public record ClusterEvent(long atMs, String nodeId, Kind kind, String detail) {
  /// What can happen. The names are part of the bytes.
  public enum Kind {
    /// A node started; the detail is its program's version.
    STARTED,
    /// A configuration version came into force; the detail is its number and author.
    CONFIGURED,
    /// The feature level was raised; the detail is the new one.
    LEVEL_RAISED,
    /// A node's clock is off by more than [ConfigMachine#CLOCK_LIMIT_MS].
    CLOCK_OFF,
    /// It is not any more.
    CLOCK_RIGHT,
    /// A node has trouble with its configuration; the detail says which.
    TROUBLE,
    /// It has not any more.
    TROUBLE_OVER,
    /// A node was forced to go on without its quorum; the detail is what was given up.
    FORCED
  }

  void encode(ByteWriter out) {
    out.zigzag(atMs).string(nodeId).string(kind.name()).string(detail);
  }

  static ClusterEvent decode(ByteReader in) {
    long atMs = in.zigzag();
    String nodeId = in.string();
    String kind = in.string();
    try {
      return new ClusterEvent(atMs, nodeId, Kind.valueOf(kind), in.string());
    } catch (IllegalArgumentException e) {
      throw new MalformedBytesException("cluster event: unknown kind=" + kind);
    }
  }
}
