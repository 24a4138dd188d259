//# allFunctionsCalledOnLoad
// What the tablet keeps: entries that wait, drafts of fields, and clocks, each by batch and person. IndexedDB; a
// transaction is committed at once, so that a tab that is killed right after a key has kept it.
const NAME = "bench", STORES = ["entries", "drafts"];

let opened;
function database() {
  opened ||= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => STORES.forEach((store) =>
      request.result.createObjectStore(store, { keyPath: "key" }).createIndex("bench", "bench"));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

let ready = null;
/** Open the database before anything is typed: from then on a write begins in the turn of the key. */
export async function openStore() { ready = await database(); }

function write(store, change) {
  const transaction = ready.transaction(store, "readwrite", { durability: "strict" });
  change(transaction.objectStore(store));
  transaction.commit?.();
  return new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

/** Keep one row; ``row.key`` names it, ``row.bench`` says of which batch and person it is. */
export const keep = (store, row) => write(store, (rows) => rows.put(row));
export const drop = (store, key) => write(store, (rows) => rows.delete(key));

/** Return all rows of one bench, in the order in which they were first kept. */
export function rowsOf(store, bench) {
  return new Promise((resolve, reject) => {
    const request = ready.transaction(store).objectStore(store).index("bench").getAll(bench);
    request.onsuccess = () => resolve(request.result.sort((a, b) => a.order - b.order));
    request.onerror = () => reject(request.error);
  });
}
