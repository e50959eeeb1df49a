package io.trivigil.web.cli;

import io.trivigil.config.ConfigException;
import io.trivigil.model.Names;
import io.trivigil.raft.ratis.LogHaltedException;
import io.trivigil.web.log.Logs;
import io.trivigil.web.server.NodeServer;
import java.io.IOException;
import java.util.List;
import org.slf4j.LoggerFactory;

/// `trivigil server`: one node in this process.
final class ServerCommand {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(ServerCommand.class);

  private ServerCommand() {}

  /// Starts a server; returns -1 while it runs on other threads, else the exit code.
  static int run(List<String> args) {
    if (args.contains("--help") || args.contains("-h") || args.contains("--help-long")) {
      help();
      return 0;
    }
    if (args.contains("--version")) {
      print("trivigil " + io.trivigil.web.Version.TRIVIGIL);
      return 0;
    }
    FlagValues flags = FlagValues.parse(ServerFlags.all(), args);
    logging(flags.text("log.level"), flags.text("log.format"));
    for (String name : flags.given(Flag.Fate.IGNORED)) {
      LOG.info("flag is accepted and means nothing here flag=--{}", name);
    }
    for (String name : flags.given(Flag.Fate.LATER)) {
      LOG.warn("flag is accepted, but this version does not act upon it yet flag=--{}", name);
    }
    try {
      NodeServer server = NodeServer.start(ServerSettings.of(flags));
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "shutdown"));
      Hangup.onHangup(server::reload);
      if (System.getenv("TRIVIGIL_SUPERVISED") != null) {
        Thread.ofPlatform().daemon().name("supervised").start(ServerCommand::endWithSupervisor);
      }
      return -1;
    } catch (LogHaltedException e) {
      LOG.error("server can not start reason={}", Names.quote(String.valueOf(e.getMessage())));
      return NodeServer.exitCode(e);
    } catch (ConfigException e) {
      LOG.error("configuration can not be loaded\n{}", e.getMessage());
    } catch (IOException | IllegalArgumentException e) {
      LOG.error("server can not start reason={}", Names.quote(String.valueOf(e.getMessage())), e);
    }
    return 1;
  }

  /// Waits for the end of the pipe that the supervisor holds; without it nobody would stop us.
  private static void endWithSupervisor() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is said over this pipe.
      }
    } catch (IOException e) {
      LOG.warn("the supervisor's pipe failed reason={}", e.toString());
    }
    LOG.info("the supervisor let go, so this server ends");
    System.exit(0);
  }

  private static void logging(String level, String format) {
    try {
      Logs.setUp(level, format);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private static void help() {
    print("usage: trivigil server [<flags>]\n");
    for (Flag flag : ServerFlags.all()) {
      if (flag.fate() == Flag.Fate.HONOURED) {
        String shown =
            flag.kind() == Flag.Kind.SWITCH
                ? "--[no-]" + flag.name()
                : "--%s=%s".formatted(flag.name(), Names.quote(flag.byDefault()));
        print("  %s%n        %s".formatted(shown, flag.help()));
      }
    }
  }

  @SuppressWarnings("SystemOut") // a command line talks to its user
  private static void print(String line) {
    System.out.println(line);
  }
}
