package io.trivigil.chaos;

import java.util.List;

/// Plain processes on one machine, where namespaces are not allowed: links can not be cut, so the
/// faults of links are left out. Stateless.
final class LoopbackNet implements Net {
  @Override
  public boolean links() {
    return false;
  }

  @Override
  public List<String> inside(String id, List<String> command) {
    return command;
  }

  @Override
  public String host(String id) {
    return "127.0.0.1";
  }

  @Override
  public String world() {
    return "127.0.0.1";
  }

  @Override
  public void cut(String from, String to) {
    throw refused();
  }

  @Override
  public void join(String from, String to) {
    throw refused();
  }

  @Override
  public void isolate(String id) {
    throw refused();
  }

  @Override
  public void rejoin(String id) {
    throw refused();
  }

  @Override
  public void lose(String id, int percent) {
    throw refused();
  }

  @Override
  public void narrow(String id, int kbitPerSecond) {
    throw refused();
  }

  private static UnsupportedOperationException refused() {
    return new UnsupportedOperationException("links of loopback can not be touched");
  }

  @Override
  public void close() {
    // Nothing was made.
  }
}
