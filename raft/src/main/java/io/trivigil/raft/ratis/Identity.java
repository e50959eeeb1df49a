package io.trivigil.raft.ratis;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Who a data directory belongs to. The file `identity` is text, so that a person can read it:
///
/// ```
/// trivigil-identity 1             magic and version
/// node n3
/// incarnation 0b5e…               made with the directory, never used again without it
/// cluster main
/// group 7c1d…                     absent while the node is blank
/// founder n1 n1~5f03… host:port   one line for each first member; none on a node that joined
/// former 5c0e…                    version 2: a group that a forced start has ended
/// crc32c 1a2b3c4d                 of all lines before
/// ```
///
/// @param nodeId the node
/// @param incarnation tells this directory from any other of the same node
/// @param clusterName the cluster
/// @param group the Raft group, absent while the node belongs to none
/// @param founders the group's first members, where this node is one of them; else empty
/// @param former groups that went on as this one by a forced start; their members may not come back
record Identity(
    String nodeId,
    UUID incarnation,
    String clusterName,
    Optional<UUID> group,
    List<Member> founders,
    List<UUID> former) {

  static final String FILE = "identity";
  private static final String MAGIC = "trivigil-identity 1";
  private static final String MAGIC_FORMER = "trivigil-identity 2";

  /// A Raft peer and where its log listens.
  record Member(String nodeId, String peerId, String address) {}

  Identity {
    founders = List.copyOf(founders);
    former = List.copyOf(former);
  }

  static Identity blank(String nodeId, String clusterName, UUID incarnation) {
    return new Identity(nodeId, incarnation, clusterName, Optional.empty(), List.of(), List.of());
  }

  Identity member(UUID ofGroup, List<Member> foundedBy) {
    return new Identity(nodeId, incarnation, clusterName, Optional.of(ofGroup), foundedBy, former);
  }

  String peerId() {
    return PeerNames.peerId(nodeId, incarnation).toString();
  }

  /// Reads the identity of a directory; empty where there is none.
  static Optional<Identity> read(Path directory) throws IOException {
    return readFile(directory.resolve(FILE));
  }

  /// Reads a file of that form; empty where there is none.
  static Optional<Identity> readFile(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String text = Files.readString(file, StandardCharsets.UTF_8);
    int last = text.lastIndexOf("crc32c ");
    String wanted =
        last < 0 ? "" : "crc32c %08x".formatted(Checkpoints.crc(text.substring(0, last)));
    if (last < 0 || !text.substring(last).strip().equals(wanted)) {
      throw new IOException(
          "identity checksum mismatch: file=%s; restore it or remove the data directory"
              .formatted(file));
    }
    return Optional.of(parse(file, text.substring(0, last).lines().toList()));
  }

  private static Identity parse(Path file, List<String> lines) throws IOException {
    if (lines.isEmpty() || !List.of(MAGIC, MAGIC_FORMER).contains(lines.getFirst())) {
      throw new IOException(
          "identity format \"%s\" is not known, this version reads \"%s\": file=%s; start the version that wrote it"
              .formatted(lines.isEmpty() ? "" : lines.getFirst(), MAGIC, file));
    }
    String node = "";
    String cluster = "";
    UUID incarnation = new UUID(0, 0);
    UUID group = null;
    List<Member> founders = new ArrayList<>();
    List<UUID> former = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] parts = line.split(" ");
      switch (parts[0]) {
        case "node" -> node = parts[1];
        case "cluster" -> cluster = parts[1];
        case "incarnation" -> incarnation = UUID.fromString(parts[1]);
        case "group" -> group = UUID.fromString(parts[1]);
        case "former" -> former.add(UUID.fromString(parts[1]));
        case "founder" -> founders.add(new Member(parts[1], parts[2], parts[3]));
        default -> throw new IOException("identity line not understood: " + line);
      }
    }
    return new Identity(node, incarnation, cluster, Optional.ofNullable(group), founders, former);
  }

  /// Writes the identity durably: all of it or nothing.
  void write(Path directory) throws IOException {
    write(directory, FILE);
  }

  /// Writes it to another file of the directory.
  void write(Path directory, String name) throws IOException {
    Files.createDirectories(directory);
    StringBuilder text = new StringBuilder(former.isEmpty() ? MAGIC : MAGIC_FORMER).append('\n');
    text.append("node ").append(nodeId).append('\n');
    text.append("incarnation ").append(incarnation).append('\n');
    text.append("cluster ").append(clusterName).append('\n');
    group.ifPresent(g -> text.append("group ").append(g).append('\n'));
    for (Member founder : founders) {
      text.append(
          "founder %s %s %s\n".formatted(founder.nodeId(), founder.peerId(), founder.address()));
    }
    former.forEach(old -> text.append("former ").append(old).append('\n'));
    text.append("crc32c %08x\n".formatted(Checkpoints.crc(text.toString())));
    Path fresh = directory.resolve(name + ".new");
    Checkpoints.writeDurably(fresh, text.toString());
    Files.move(
        fresh,
        directory.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
      entries.force(true); // the rename itself
    }
  }
}
