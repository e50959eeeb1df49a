package io.trivigil.web.cli;

import io.trivigil.node.CommandNames;
import io.trivigil.raft.ratis.LogFiles;
import io.trivigil.raft.ratis.LogFiles.Damage;
import io.trivigil.raft.ratis.LogFiles.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `trivigil log show DIR`: the entries as they lie on a node's disk. Reads only.
@Command(
    name = "trivigil log",
    mixinStandardHelpOptions = true,
    description = "Shows the entries on a node's disk, and where they can not be read.")
final class LogCommand implements Callable<Integer> {
  @Parameters(index = "0", description = "show")
  private String verb = "";

  @Parameters(index = "1", description = "The node's data directory, its log, or a set-aside log.")
  private Path directory = Path.of("");

  @Option(names = "--index", defaultValue = "-1", description = "This entry alone, with its bytes.")
  private long index;

  @Option(names = "--from", defaultValue = "0", description = "From this entry on.")
  private long from;

  @Option(names = "--limit", defaultValue = "1000", description = "At most so many entries.")
  private int limit;

  @Override
  @SuppressWarnings("SystemOut") // a command line talks to its user
  public Integer call() {
    if (!verb.equals("show")) {
      throw new UsageException("log: unknown \"%s\", expected show".formatted(verb));
    }
    Path log = Files.isDirectory(directory.resolve("log")) ? directory.resolve("log") : directory;
    int[] shown = {0};
    Optional<Damage> damage;
    try {
      damage =
          LogFiles.read(
              log,
              entry -> {
                if (index >= 0 ? entry.index() == index : entry.index() >= from) {
                  print(entry);
                  shown[0]++;
                }
                return shown[0] < (index >= 0 ? 1 : limit);
              });
    } catch (IOException e) {
      System.err.println("trivigil log show: " + e);
      return 1;
    }
    damage.ifPresent(at -> System.out.println((at.torn() ? "unfinished " : "damaged ") + at));
    if (shown[0] == 0 && damage.isEmpty()) {
      System.err.println("trivigil log show: no such entry in " + log);
      return 1;
    }
    return damage.isPresent() ? 1 : 0;
  }

  @SuppressWarnings("SystemOut") // a command line talks to its user
  private void print(Stored entry) {
    System.out.printf(
        "index=%d term=%d kind=%s file=%s offset=%d bytes=%d%s%n",
        entry.index(),
        entry.term(),
        entry.kind(),
        entry.file().getFileName(),
        entry.offset(),
        entry.length(),
        entry.proposedMs() > 0 ? " proposed=" + Instant.ofEpochMilli(entry.proposedMs()) : "");
    int number = 0;
    for (byte[] command : entry.commands()) {
      System.out.printf(
          "  command=%d domain=%s bytes=%d%n",
          number++, CommandNames.domain(command), command.length);
      if (index >= 0) {
        hex(command);
      }
    }
  }

  @SuppressWarnings("SystemOut") // a command line talks to its user
  private static void hex(byte[] bytes) {
    HexFormat format = HexFormat.ofDelimiter(" ");
    for (int at = 0; at < bytes.length; at += 32) {
      int to = Math.min(bytes.length, at + 32);
      StringBuilder text = new StringBuilder();
      for (int i = at; i < to; i++) {
        text.append(bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char) bytes[i] : '.');
      }
      System.out.printf("    %06x  %-95s  %s%n", at, format.formatHex(bytes, at, to), text);
    }
  }
}
