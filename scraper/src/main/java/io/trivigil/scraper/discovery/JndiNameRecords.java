package io.trivigil.scraper.discovery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

/// The name system through the JDK's own DNS client and the servers of the operating system, on a
/// platform thread of its own since the client blocks its thread.
public final class JndiNameRecords implements NameRecords, AutoCloseable {
  private static final int THREADS = 2;

  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().name("dns-records-", 0).daemon().factory());

  @Override
  public List<String> lookup(String name, String type) throws IOException {
    Callable<List<String>> query = () -> query(name, type);
    try {
      return threads.submit(query).get();
    } catch (ExecutionException e) {
      throw new IOException("lookup %s %s: %s".formatted(type, name, e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  // JNDI takes no other map; its DNS provider makes strings of records and deserializes nothing.
  @SuppressWarnings({"JdkObsolete", "BanJNDI"})
  private static List<String> query(String name, String type) throws NamingException {
    Hashtable<String, String> environment = new Hashtable<>();
    environment.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
    environment.put("java.naming.provider.url", "dns:");
    environment.put("com.sun.jndi.dns.timeout.initial", "1000");
    environment.put("com.sun.jndi.dns.timeout.retries", "2");
    List<String> records = new ArrayList<>();
    InitialDirContext context = new InitialDirContext(environment);
    try {
      Attribute found = context.getAttributes(name, new String[] {type}).get(type);
      if (found != null) {
        NamingEnumeration<?> each = found.getAll();
        while (each.hasMore()) {
          records.add(String.valueOf(each.next()));
        }
      }
    } catch (NameNotFoundException e) {
      return List.of(); // the name has no such records: that is an answer
    } finally {
      context.close();
    }
    records.sort(String::compareTo);
    return records;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
