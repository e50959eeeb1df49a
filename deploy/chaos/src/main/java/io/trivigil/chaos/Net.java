package io.trivigil.chaos;

import java.io.IOException;
import java.util.List;

/// The network between three nodes and the world, and what can be done to it. Thread-safe.
interface Net extends AutoCloseable {
  /// Whether links can be cut, lose packets and be made narrow.
  boolean links();

  /// The command that runs `command` where the node `id` lives.
  List<String> inside(String id, List<String> command);

  /// The address of a node.
  String host(String id);

  /// The address of the harness, which plays the targets and the receivers.
  String world();

  /// What `from` sends to `to` is dropped.
  void cut(String from, String to) throws IOException;

  /// Takes a [#cut] back.
  void join(String from, String to) throws IOException;

  /// Everything that a node sends or hears is dropped: peers, targets and receivers.
  void isolate(String id) throws IOException;

  /// Takes an [#isolate] back.
  void rejoin(String id) throws IOException;

  /// What a node hears from its peers is lost with this chance; 0 takes it back.
  void lose(String id, int percent) throws IOException;

  /// What a node sends is slowed down to this rate; 0 takes it back.
  void narrow(String id, int kbitPerSecond) throws IOException;

  @Override
  void close();
}
