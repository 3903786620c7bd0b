import { arg, contracts, inTree, result } from '../schema.ts';

/**
 * Network devices and radio switches.
 */
export const net = contracts({
  header: 'linux/netdevice.h, linux/rfkill.h',
  functions: [
    {
      name: 'register_netdev',
      aliases: ['register_netdevice'],
      prototype: 'int register_netdev(struct net_device *dev)',
      does: [{ verb: 'publishes', node: 'net', on: arg(0), when: 'zero' }],
      summary: 'Makes a network device visible; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'net/core/dev.c')],
    },
    {
      name: 'unregister_netdev',
      prototype: 'void unregister_netdev(struct net_device *dev)',
      does: [
        { verb: 'unpublishes', node: 'net', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'waits', for: 'user' },
      ],
      summary: 'Closes the device, ends its callbacks and waits until every reference on it is gone, without a limit.',
      duty: 'Not under RTNL. NAPI, timers, work and interrupts must be stopped in ndo_stop(). free_netdev() afterwards.',
      evidence: [
        inTree('6.12', 'net/core/dev.c', 'unregister_netdevice_many_notify'),
        inTree('6.12', 'net/core/dev.c', 'netdev_run_todo'),
        inTree('7.2', 'net/core/dev.c', 'unregister_netdevice_many_notify'),
      ],
    },
    {
      name: 'unregister_netdevice',
      aliases: ['unregister_netdevice_queue', 'unregister_netdevice_many'],
      prototype: 'void unregister_netdevice(struct net_device *dev)',
      does: [{ verb: 'unpublishes', node: 'net', on: arg(0), fence: { verdict: 'drains' } }, { verb: 'maySleep' }],
      summary: 'As unregister_netdev() with RTNL held; references are waited for when RTNL is released.',
      evidence: [inTree('6.12', 'include/linux/netdevice.h')],
    },
    {
      name: 'free_netdev',
      prototype: 'void free_netdev(struct net_device *dev)',
      does: [{ verb: 'frees', what: 'device', on: arg(0) }],
      summary: 'Frees a network device with its private area.',
      duty: 'After unregister_netdev().',
      evidence: [inTree('6.12', 'net/core/dev.c')],
    },
    {
      name: 'netif_napi_add',
      aliases: [
        'netif_napi_add_weight',
        'netif_napi_add_tx',
        'netif_napi_add_tx_weight',
        'netif_napi_add_locked',
        'netif_napi_add_config',
      ],
      prototype:
        'void netif_napi_add(struct net_device *dev, struct napi_struct *napi, int (*poll)(struct napi_struct *, int))',
      does: [
        { verb: 'runs', callback: arg(2), context: 'tasklet', data: arg(1), source: { kind: 'napi', on: arg(1) } },
      ],
      summary: 'Sets a poll function up.',
      evidence: [inTree('6.12', 'include/linux/netdevice.h')],
    },
    {
      name: 'napi_schedule',
      aliases: ['__napi_schedule', 'napi_schedule_irqoff', '__napi_schedule_irqoff'],
      prototype: 'bool napi_schedule(struct napi_struct *n)',
      does: [{ verb: 'arms', source: 'napi', on: arg(0) }],
      summary: 'Schedules the poll function.',
      evidence: [inTree('6.12', 'include/linux/netdevice.h')],
    },
    {
      name: 'napi_enable',
      aliases: ['napi_enable_locked'],
      prototype: 'void napi_enable(struct napi_struct *n)',
      does: [{ verb: 'arms', source: 'napi', on: arg(0) }],
      summary: 'Lets the poll function run.',
      evidence: [inTree('6.12', 'net/core/dev.c')],
    },
    {
      name: 'napi_disable',
      aliases: ['napi_disable_locked'],
      prototype: 'void napi_disable(struct napi_struct *n)',
      does: [
        { verb: 'disarms', source: 'napi', on: arg(0) },
        { verb: 'waitsFor', source: 'napi', on: arg(0) },
        { verb: 'maySleep' },
      ],
      summary: 'Keeps the poll function from running and waits for it.',
      evidence: [inTree('6.12', 'net/core/dev.c')],
    },
    {
      name: 'netif_napi_del',
      aliases: ['__netif_napi_del', 'netif_napi_del_locked'],
      prototype: 'void netif_napi_del(struct napi_struct *napi)',
      does: [{ verb: 'seals', source: 'napi', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Removes the poll function; it must be disabled before.',
      evidence: [inTree('6.12', 'include/linux/netdevice.h')],
    },
    {
      name: 'napi_synchronize',
      prototype: 'void napi_synchronize(const struct napi_struct *n)',
      does: [{ verb: 'waitsFor', source: 'napi', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Waits for a running poll function.',
      evidence: [inTree('6.12', 'include/linux/netdevice.h')],
    },
    {
      name: 'netif_device_detach',
      aliases: [
        'netif_device_attach',
        'netif_start_queue',
        'netif_stop_queue',
        'netif_wake_queue',
        'netif_carrier_on',
        'netif_carrier_off',
        'netif_tx_disable',
        'netif_tx_stop_all_queues',
        'netif_tx_start_all_queues',
        'netif_tx_wake_all_queues',
        'netif_start_subqueue',
        'netif_stop_subqueue',
        'netif_wake_subqueue',
      ],
      does: [{ verb: 'nothing' }],
      summary: 'State of the transmit queues and of the link.',
      evidence: [inTree('6.12', 'include/linux/netdevice.h')],
    },
    {
      name: 'rfkill_register',
      prototype: 'int rfkill_register(struct rfkill *rfkill)',
      does: [{ verb: 'publishes', node: 'other', on: arg(0), when: 'zero' }],
      summary: 'Registers a radio switch; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'net/rfkill/core.c')],
    },
    {
      name: 'rfkill_unregister',
      prototype: 'void rfkill_unregister(struct rfkill *rfkill)',
      does: [
        { verb: 'unpublishes', node: 'other', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the radio switch away: its work is cancelled and its callbacks have ended.',
      evidence: [inTree('6.12', 'net/rfkill/core.c')],
    },
    {
      name: 'rfkill_destroy',
      prototype: 'void rfkill_destroy(struct rfkill *rfkill)',
      does: [{ verb: 'frees', what: 'device', on: arg(0) }],
      summary: 'Drops the reference on a radio switch.',
      evidence: [inTree('6.12', 'net/rfkill/core.c')],
    },
    {
      name: 'rfkill_alloc',
      prototype:
        'struct rfkill * rfkill_alloc(const char *name, struct device *parent, const enum rfkill_type type, const struct rfkill_ops *ops, void *ops_data)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller' }],
      summary: 'Allocates a radio switch.',
      evidence: [inTree('6.12', 'net/rfkill/core.c')],
    },
  ],
  patterns: [
    {
      pattern:
        '(?:netif_(running|carrier_ok|queue_stopped|device_present|rx|receive_skb\\w*|set_\\w+|get_\\w+|is_\\w+|msg_\\w+|tx_\\w+|addr_\\w+|keep_dst|tx|trans_update|dormant\\w*|testing\\w*|oper_up|subqueue\\w*|xmit\\w*|stacked\\w*|skb_\\w+|reset_\\w+|inherit\\w*)|napi_(complete\\w*|gro_\\w+|alloc_\\w+|consume_skb|build_skb|if_\\w+|is_\\w+|by_id|hash_\\w+|schedule_prep|get_frags|disable_pending)|netdev_(alloc|features|for|get|master|mc|uc|has|notify|queue|reset|rss|sent|completed|tx|update|upper|lower|walk|hw|boot|cap|state|change|is|mode|name|stats|assign|adjacent|phys|sw|stat|pick|increment|priv_flags|drivername|unregistering)\\w*|skb_\\w+|__skb_\\w+|alloc_skb\\w*|dev_alloc_skb|dev_k?free_skb\\w*|dev_consume_skb\\w*|build_skb\\w*|consume_skb|kfree_skb_\\w+|eth_\\w+|ether_\\w+|is_\\w+_ether_addr|ethtool_\\w+|__ethtool_\\w+|mii_\\w+|phy_(connect|disconnect|start|stop|attached|print|ethtool|mii|modify|read|write|set|clear|get|support|do|interface|find|lookup|resolve|is|start_aneg|remove|advertise|trigger|mac|suspend|resume|package|speed|device|error|check|duplex|optional|loopback|config|gbit|basic|10|remove_link_mode)\\w*|phylink_\\w+|of_phy_\\w+|mdio\\w+|mdiobus_\\w+|dev_(net|addr|mc|uc|kfree_skb|hard|get_\\w*stats|queue_xmit|open|close|set_\\w+|change_\\w+|valid_name|trans_start|base_lock|sw|xdp|kfree|fetch|direct)_?\\w*|vlan_\\w+|rtnl_(is|link|register|unregister|set|get|notify|dereference|af)\\w*|genl\\w+|nla_\\w+|nlmsg_\\w+|netlink_\\w+|devlink_\\w+|xdp_\\w+|page_pool_\\w+|tcp_\\w+|ip_\\w+|ipv6_\\w+|in_aton|csum_\\w+|sock_net|cfg80211_\\w+|ieee80211_\\w+|wiphy_\\w+|can_\\w+|alloc_can\\w*|bt_\\w+|hci_\\w+|nfc_\\w+|rfkill_(set|init|blocked|find|get|pause|resume|soft)\\w*|arp_\\w+|neigh_\\w+|dst_\\w+|flow_\\w+|tc_\\w+|tls_\\w+|u64_stats_\\w+|usbnet_\\w+)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Packets, links and helpers of the network core.',
      evidence: [inTree('6.12', 'include/linux/netdevice.h')],
    },
  ],
  tables: [
    {
      struct: 'struct rfkill_ops',
      roles: {
        '*': { context: 'subsystem-callback', data: 0 },
      },
      evidence: [inTree('6.12', 'include/linux/rfkill.h')],
    },
    {
      struct: 'struct net_device_ops',
      node: 'net',
      roles: {
        ndo_open: { context: 'subsystem-callback' },
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/netdevice.h')],
    },
    {
      struct: 'struct ethtool_ops',
      node: 'net',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/ethtool.h')],
    },
  ],
  structs: [{ struct: 'struct napi_struct', source: 'napi', evidence: [inTree('6.12', 'include/linux/netdevice.h')] }],
});
