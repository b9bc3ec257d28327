// A handler as most bots for Bkper are written: one function under the functions framework.
import { http } from '@google-cloud/functions-framework';

http('doPost', (request, response) => {
  const event = request.body;
  response.json({ result: `CHECKED: ${event.data.object.transaction.amount}` });
});
