package io.trivigil.storage.backup;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a backup is of, and every file of it. Text, so that a person can read it:
///
/// ```
/// trivigil-backup 1
/// cluster main
/// node n2                        where it was taken
/// term 7                         the last entry that it contains
/// index 184223
/// log-time-ms 1770000000000
/// partition-ms 86400000          the length of the store's partitions
/// content 1f0c…-77ab…            checksum of samples, checksum of the machines' state
/// file <bytes> <sha256> <name>   one line for each file, sorted by name
/// sha256 <hex>                   of all lines before
/// ```
///
/// The sum in the last line is the backup's id.
///
/// @param cluster the cluster's name
/// @param node the node's id
/// @param content checksum of the content, as [io.trivigil.storage.ContentSum] writes it
public record BackupManifest(
    String cluster,
    String node,
    long term,
    long index,
    long logTimeMs,
    long partitionMs,
    String content,
    List<BackupFile> files) {
  private static final String MAGIC = "trivigil-backup 1";

  public BackupManifest {
    files = files.stream().sorted(java.util.Comparator.comparing(BackupFile::name)).toList();
    for (int i = 1; i < files.size(); i++) {
      if (files.get(i).name().equals(files.get(i - 1).name())) {
        throw new IllegalArgumentException("file named twice: " + files.get(i).name());
      }
    }
  }

  /// All files together.
  public long bytes() {
    return files.stream().mapToLong(BackupFile::bytes).sum();
  }

  /// The sum that names this backup.
  public String id() {
    return sum(lines());
  }

  /// The text, its last line included.
  public String text() {
    String lines = lines();
    return lines + "sha256 " + sum(lines) + "\n";
  }

  private String lines() {
    StringBuilder text = new StringBuilder(MAGIC).append('\n');
    text.append("cluster ").append(cluster).append('\n');
    text.append("node ").append(node).append('\n');
    text.append("term ").append(term).append('\n');
    text.append("index ").append(index).append('\n');
    text.append("log-time-ms ").append(logTimeMs).append('\n');
    text.append("partition-ms ").append(partitionMs).append('\n');
    text.append("content ").append(content).append('\n');
    for (BackupFile file : files) {
      text.append("file %d %s %s\n".formatted(file.bytes(), file.sha256(), file.name()));
    }
    return text.toString();
  }

  private static String sum(String lines) {
    MessageDigest digest = BackupFile.newDigest();
    digest.update(lines.getBytes(StandardCharsets.UTF_8));
    return BackupFile.hex(digest);
  }

  /// Reads what [#text] wrote.
  ///
  /// @param where named by the message if it is wrong
  /// @throws BackupException if it is damaged or of another version
  public static BackupManifest parse(String text, String where) throws BackupException {
    int last = text.lastIndexOf("sha256 ");
    if (last < 0
        || !text.substring(last).strip().equals("sha256 " + sum(text.substring(0, last)))) {
      throw new BackupException("manifest is damaged or cut off: file=" + where);
    }
    List<String> lines = text.substring(0, last).lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(MAGIC)) {
      throw new BackupException(
          "backup format not understood: file=%s expected=%s".formatted(where, MAGIC));
    }
    Map<String, String> facts = new TreeMap<>();
    List<BackupFile> files = new ArrayList<>();
    try {
      for (String line : lines.subList(1, lines.size())) {
        String[] words = line.split(" ", 2);
        if (words[0].equals("file")) {
          String[] parts = words[1].split(" ", 3);
          files.add(new BackupFile(parts[2], Long.parseLong(parts[0]), parts[1]));
        } else {
          facts.put(words[0], words[1]);
        }
      }
      return new BackupManifest(
          fact(facts, "cluster"),
          fact(facts, "node"),
          Long.parseLong(fact(facts, "term")),
          Long.parseLong(fact(facts, "index")),
          Long.parseLong(fact(facts, "log-time-ms")),
          Long.parseLong(fact(facts, "partition-ms")),
          fact(facts, "content"),
          files);
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new BackupException("manifest not understood: file=%s".formatted(where), e);
    }
  }

  private static String fact(Map<String, String> facts, String name) {
    String fact = facts.get(name);
    if (fact == null) {
      throw new IllegalArgumentException("line is missing: " + name);
    }
    return fact;
  }
}
