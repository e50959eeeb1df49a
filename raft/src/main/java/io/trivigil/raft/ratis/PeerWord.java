package io.trivigil.raft.ratis;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/// What a node says of itself, as question and as answer alike.
///
/// ```
/// u8 magic 0x57  u8 version 1  cluster  group  node  peer  leader     texts: DataOutput.writeUTF
/// i64 term  i64 no quorum for ms  u8 failing open  i64 applied  i64 committed  i64 lag ms  i64 wall clock ms (0 or missing: not said)
/// ```
///
/// A reader of version 1 takes what it knows and leaves the rest, so fields may be added at the
/// end.
///
/// @param group the node's group, empty while it is blank
/// @param leaderId empty if it knows none
/// @param clockMs its wall clock, epoch ms; 0 if it does not say
record PeerWord(
    String clusterName,
    String group,
    String nodeId,
    String peerId,
    String leaderId,
    long term,
    long noQuorumForMs,
    boolean failingOpen,
    long appliedIndex,
    long committedIndex,
    long lagMs,
    long clockMs) {
  private static final int MAGIC = 0x57;
  private static final int VERSION = 1;

  byte[] encode() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(MAGIC);
    out.write(VERSION);
    out.writeUTF(clusterName);
    out.writeUTF(group);
    out.writeUTF(nodeId);
    out.writeUTF(peerId);
    out.writeUTF(leaderId);
    out.writeLong(term);
    out.writeLong(noQuorumForMs);
    out.writeBoolean(failingOpen);
    out.writeLong(appliedIndex);
    out.writeLong(committedIndex);
    out.writeLong(lagMs);
    out.writeLong(clockMs);
    return bytes.toByteArray();
  }

  static PeerWord decode(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int magic = in.readUnsignedByte();
    int version = in.readUnsignedByte();
    if (magic != MAGIC || version < VERSION) {
      throw new IOException(
          "peer's word not understood: magic=0x%02x version=%d wanted 0x%02x %d"
              .formatted(magic, version, MAGIC, VERSION));
    }
    return new PeerWord(
        in.readUTF(),
        in.readUTF(),
        in.readUTF(),
        in.readUTF(),
        in.readUTF(),
        in.readLong(),
        in.readLong(),
        in.readBoolean(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.available() >= Long.BYTES ? in.readLong() : 0);
  }
}
